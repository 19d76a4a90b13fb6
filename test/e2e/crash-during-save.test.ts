// A tab is killed between any two steps of a save, in a real browser: what a fresh tab of the profile
// then finds is the whole save or nothing of it, and the machine goes on with numbers that are right.
import { type BrowserContext, expect, type Page, test } from '@playwright/test';
import { type BuiltSite, buildSite } from './support/built-site.ts';
import type { Profile } from './support/saving-page/saving-page.ts';
import { type Heard, hearPages } from './support/saving-site.ts';
import { type ServedRelay, serveRelay } from './support/served-relay.ts';

let site: BuiltSite;
let relay: ServedRelay;

test.use({ trace: 'off' }); // It cannot be written for pages that crash.
test.beforeAll(async () => {
  site = await buildSite('saving-page');
  relay = await serveRelay(site.folder);
});
test.afterAll(async () => {
  await relay.close();
  await site.remove();
});

async function openPage(context: BrowserContext): Promise<Page> {
  const page = await context.newPage();
  await page.goto(relay.url);
  return page;
}

/** Runs in the page: a machine with 400.00 more in the account and its whole stand-in limit. */
async function prepare({ profile, isCut }: { profile: Profile; isCut: boolean }): Promise<void> {
  const machine = await globalThis.openMachine(profile, { isOffline: false });
  const { handle, client } = machine;
  await handle.status.waitFor(({ mode, synced }) => mode === 'connected' && synced);
  await machine.deposit(400_00).outcome;
  if (isCut) client.goOffline();
  await machine.settled();
}

/** Runs in the page: a save from its beginning to its very end, and the names of its steps. */
async function listSteps(isCut: boolean): Promise<readonly string[]> {
  const { machine } = globalThis;
  if (!machine) throw new Error('no machine on this page');
  machine.stopAt(Number.POSITIVE_INFINITY);
  const receipt = machine.withdraw(150_00);
  await (isCut ? receipt.saved : receipt.outcome);
  for (;;) {
    const { effects } = await machine.settled();
    if (effects.length > 0 && effects.every(({ state }) => state === 'done')) return machine.steps;
  }
}

/** Begins a save, and kills the tab where it stops. Resolves with the name of the step. */
async function killAt(page: Page, heard: Heard, step: Stop['at']): Promise<string> {
  const session = await page.context().newCDPSession(page); // A page that hangs gets none.
  const stopped = heard.stopped();
  const crashed = page.waitForEvent('crash');
  const saving = page.evaluate(async (at) => {
    globalThis.machine?.stopAt(at);
    await globalThis.machine?.withdraw(150_00).outcome;
  }, step);
  const died = expect(saving).rejects.toThrow('crashed');
  const name = await stopped;
  session.send('Page.crash').catch(() => undefined); // It answers nothing any more.
  await crashed;
  await died;
  await page.close();
  return name;
}

/** Runs in the page: what is kept of the withdrawal, before any client has touched it. */
async function readKept(profile: Profile) {
  const { queue, rows, effects } = await globalThis.loadKept(profile);
  return {
    queued: queue.map(({ change }) => change.header.operation?.id),
    rows: rows.map(({ operation, amount, state }) => ({ operation, amount, state })),
    effects: effects.map(({ operation }) => operation),
  };
}
type Kept = Awaited<ReturnType<typeof readKept>>;

/** Runs in the page, without a line: takes all that is left of the limit, and not more. */
async function spendTheRest({ profile, left }: { profile: Profile; left: number }) {
  const machine = await globalThis.openMachine(profile, { isOffline: true });
  const pending = machine.handle.pending.current.map(({ name }) => name);
  const tooMuch = await machine.withdraw(left + 1).saved;
  const rest = await machine.withdraw(left).saved;
  return { pending, tooMuch, rest: rest.type };
}

/** Runs in the page: lets the bank know. Resolves with the balance once it has confirmed. */
async function reconcile(): Promise<number | undefined> {
  const { machine } = globalThis;
  machine?.client.goOnline();
  await machine?.handle.flush();
  await machine?.handle.limits.waitFor((uses) => uses.every(({ used }) => used === 0));
  return machine?.handle.view.balance.get('ann');
}

interface Stop {
  /** The n-th step of the save, or the first of this name. */
  readonly at: number | string;
  /** The transaction that saves was complete before. */
  readonly isSaved: boolean;
}

/** Where to kill: at each step where their order is certain, by name where the relay has a say. */
function planStops(steps: readonly string[], isCut: boolean): readonly Stop[] {
  expect(steps).toEqual(
    expect.arrayContaining(['reserve', 'enqueue', 'queued', 'spent', 'effect']),
  );
  const saved = steps.indexOf('complete', steps.indexOf('enqueue'));
  const numbers = steps.map((_, at) => ({ at: at + 1, isSaved: at > saved }));
  if (isCut) return numbers;
  const [before, after] = [steps.slice(0, saved + 1), steps.slice(saved + 1)];
  const names = [...new Set(after)].filter((name) => !before.includes(name));
  expect(names).toEqual(expect.arrayContaining(['mark-effect', 'tail', 'head', 'dequeued']));
  return [...numbers.slice(0, saved + 1), ...names.map((at) => ({ at, isSaved: true }))];
}

function expectAllOrNothing({ queued, rows, effects }: Kept, isSaved: boolean): void {
  if (!isSaved) {
    expect([queued, effects]).toEqual([[], []]);
    // At most a reservation that never became a change: it goes with the tab that held it.
    expect(rows.filter(({ state }) => state !== 'reserved')).toEqual([]);
    return;
  }
  expect(queued).toHaveLength(1);
  const [operation] = queued;
  expect(rows).toEqual([{ operation, amount: 150_00, state: 'spent' }]);
  expect(effects).toEqual([operation]);
}

for (const isCut of [true, false]) {
  const document = isCut ? 'cut' : 'connected';
  test(`${document}: a tab killed at any step of a save leaves all of it or nothing`, async ({
    context,
  }) => {
    const heard = await hearPages(context);
    const first = await openPage(context);
    await first.evaluate(prepare, { profile: { name: document, document }, isCut });
    const stops = planStops(await first.evaluate(listSteps, isCut), isCut);
    await first.close();
    const booked = isCut ? [400_00] : [400_00, -150_00]; // What was cut off stays there.
    for (const { at, isSaved } of stops) {
      await test.step(`at ${at}`, async () => {
        const profile = { name: `${document}-${at}`, document };
        const dying = await openPage(context);
        await dying.evaluate(prepare, { profile, isCut });
        const before = heard.dispensed.length;
        const name = await killAt(dying, heard, at);
        if (typeof at === 'string') expect(name).toBe(at);
        const fresh = await openPage(context);
        expectAllOrNothing(await fresh.evaluate(readKept, profile), isSaved);
        const left = isSaved ? 50_00 : 200_00;
        booked.push(400_00, ...(isSaved ? [-150_00] : []), -left);
        expect(await fresh.evaluate(spendTheRest, { profile, left })).toMatchObject({
          pending: isSaved ? ['withdraw'] : [],
          tooMuch: { type: 'refused', code: 'stand-in-limit', remaining: left },
          rest: 'saved',
        });
        const balance = booked.reduce((sum, cents) => sum + cents, 100_00);
        expect(await fresh.evaluate(reconcile)).toBe(balance);
        // Cash went out once for each operation that was saved.
        expect(heard.dispensed.length - before).toBe(isSaved ? 2 : 1);
        await fresh.close();
      });
    }
    expect(new Set(heard.dispensed).size).toBe(heard.dispensed.length);
    const logged = await relay.operations(document);
    expect(logged.map(({ name, args }) => (name === 'deposit' ? 1 : -1) * args.cents)).toEqual(
      booked,
    );
  });
}
