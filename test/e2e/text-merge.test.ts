// S9 in a real browser: two people edit one text while cut off, and reload before the lines are mended.
// Both edits are in the merged text, formats too; the whole text is not deleted behind their backs.
import { expect, test } from '@playwright/test';
import { bothWays, type FaultyProxy, startFaultyProxy } from '../faults/support/faulty-proxy.ts';
import { type BuiltSite, buildSite } from './support/built-site.ts';
import { type DeskPage, deskModule, openDesk } from './support/open-desk.ts';
import { type ServedRelay, serveRelay } from './support/served-relay.ts';

const document = 'text-merge';
let site: BuiltSite;
let relay: ServedRelay;
let lines: { readonly a: FaultyProxy; readonly b: FaultyProxy };

test.beforeAll(async () => {
  site = await buildSite('desk-page');
});
test.afterEach(async () => {
  for (const line of Object.values(lines)) await line.close();
  await relay.close();
});
test.afterAll(() => site.remove());

const textOn = ({ page }: DeskPage): Promise<unknown> =>
  page.evaluate(() => globalThis.desk.handle.doc.getText('text').toDelta());

/** Runs in the page: the answer to `deleteDocument`, and the id to ask again by. */
async function deleteAll() {
  const { id, saved } = globalThis.desk.handle.run('deleteDocument', {});
  return { id, answer: await saved };
}
/** Runs in the page: what became of it. */
const outcomeOf = (id: string) => globalThis.desk.handle.receipt(id)?.outcome;

/** Two desks on lines of their own that both show the same text. */
async function openBoth(
  newPage: () => Promise<DeskPage['page']>,
  deletion: 'prohibited' | 'delayed',
): Promise<{ readonly a: DeskPage; readonly b: DeskPage }> {
  relay = await serveRelay(site.folder, deskModule(deletion));
  lines = { a: await startFaultyProxy(relay.port), b: await startFaultyProxy(relay.port) };
  const where = { url: relay.url, document, deletion };
  const a = await openDesk(await newPage(), { ...where, name: 'a', line: lines.a.url });
  const b = await openDesk(await newPage(), { ...where, name: 'b', line: lines.b.url });
  await a.isIn('connected');
  await b.isIn('connected');
  await a.page.evaluate(() => globalThis.desk.handle.doc.getText('text').insert(0, 'hello world'));
  await expect.poll(() => textOn(b)).toEqual([{ insert: 'hello world' }]);
  return { a, b };
}

/** Both lose their lines, and both go on writing. */
async function editApart({ a, b }: { readonly a: DeskPage; readonly b: DeskPage }): Promise<void> {
  for (const line of Object.values(lines)) line.cut(bothWays, 'lose');
  await a.page.evaluate(() => {
    const { doc } = globalThis.desk.handle;
    doc.transact(() => {
      doc.getText('text').insert(6, 'brave ');
      doc.getText('text').format(6, 6, { bold: true });
    });
  });
  await b.page.evaluate(() => globalThis.desk.handle.doc.getText('text').delete(0, 6));
  for (const desk of [a, b]) await desk.isIn('partitioned');
}

async function expectEditsApart({ a, b }: { readonly a: DeskPage; readonly b: DeskPage }) {
  const bold = { insert: 'brave ', attributes: { bold: true } };
  expect(await textOn(a)).toEqual([{ insert: 'hello ' }, bold, { insert: 'world' }]);
  expect(await textOn(b)).toEqual([{ insert: 'world' }]);
}

/** A newcomer, too, who has it from the log alone. */
async function expectMerged(desks: readonly DeskPage[]): Promise<void> {
  const merged = [{ insert: 'brave ', attributes: { bold: true } }, { insert: 'world' }];
  for (const desk of desks) await expect.poll(() => textOn(desk)).toEqual(merged);
}

for (const deletion of ['prohibited', 'delayed'] as const) {
  test(`S9: edits made apart are merged, and to delete all is ${deletion}`, async ({ browser }) => {
    const newPage = async () => (await browser.newContext()).newPage();
    const both = await openBoth(newPage, deletion);
    const { a, b } = both;
    await editApart(both);
    const prohibited = { type: 'refused', code: 'prohibited', invariant: 'kept' };
    const asIntent = { type: 'saved', as: 'intent' };
    const expected = deletion === 'prohibited' ? prohibited : asIntent;
    const { id, answer } = await b.page.evaluate(deleteAll);
    expect(answer).toMatchObject(expected);
    for (const desk of [a, b]) await desk.isSaved();
    await expectEditsApart(both);

    for (const desk of [a, b]) await desk.reload();
    await expectEditsApart(both);
    if (deletion === 'prohibited') {
      // A page that does not know yet how its line is must not take it for a good one.
      expect((await b.page.evaluate(deleteAll)).answer).toMatchObject(expected);
    }

    for (const [line, desk] of [[lines.a, a] as const, [lines.b, b] as const]) {
      line.heal();
      await desk.isIn('connected');
    }
    if (deletion === 'delayed') {
      // Judged again after the merge: it would have left nothing, and something is to be kept.
      const refusal = { type: 'refused', code: 'would-violate', invariant: 'kept', key: 'text' };
      expect(await b.page.evaluate(outcomeOf, id)).toEqual(refusal);
    }
    const c = await openDesk(await newPage(), { url: relay.url, document, deletion, name: 'c' });
    await c.isIn('connected');
    await expectMerged([a, b, c]);
    const logged = await relay.operations(document);
    const kinds = logged.filter(({ name }) => name === 'deleteDocument').map(({ kind }) => kind);
    expect(kinds).toEqual(deletion === 'delayed' ? ['intent'] : []);
  });
}
