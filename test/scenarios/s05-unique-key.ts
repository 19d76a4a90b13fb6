// S5: A and B sign up under one address while both are cut off, and each writes a note that refers to its
// own id. Recovery finds the duplicate and merges it as declared, or asks people and drops nothing.
import type { SimulatedDevice } from '@causeway/testkit';
import type { AccountsApp } from './accounts.ts';
import { accountAt, accounts, idsAt } from './accounts.ts';
import { expectEqual, expectThat } from './expect-equal.ts';
import type { Scenario } from './scenario.ts';
import { played } from './scenario.ts';
import type { Stage } from './stage.ts';

export const uniqueKey: Scenario = {
  id: 'S5',
  title: 'Unique key',
  variants: [
    played('A heals first', accounts, (stage) => playMerged(stage, ['A', 'B'])),
    played('B heals first', accounts, (stage) => playMerged(stage, ['B', 'A'])),
    played('three of them', accounts, (stage) => playMerged(stage, ['B', 'C', 'A'])),
    played('not to be merged', accounts, playAsked),
  ],
};

const email = 'ann@x';
const born = '1970-01-01';
const idOf = (name: string): string => `user-${name}`;

/** Cuts everybody named off, and lets each of them sign up and write. Returns the ids of the sign-ups. */
async function signUpAlone(
  stage: Stage<AccountsApp>,
  devices: readonly SimulatedDevice<AccountsApp>[],
  bornOn: (name: string) => string,
): Promise<readonly string[]> {
  await stage.cut(...devices);
  const made: string[] = [];
  for (const device of devices) {
    const { name } = device;
    const user = idOf(name);
    const args = { id: user, email, name: `Ann of ${name}`, born: bornOn(name) };
    made.push(await stage.run(device, 'signUp', args));
    await stage.run(device, 'write', { id: `note-${name}`, user, text: `by ${name}` });
  }
  return made;
}

async function playMerged(stage: Stage<AccountsApp>, order: readonly string[]): Promise<void> {
  const devices = order.map((name) => stage.world.device(name));
  const made = await signUpAlone(stage, devices, () => born);
  for (const device of devices) await stage.heal(device);
  await stage.settle();
  const [winner = ''] = order;
  const merged = { email, born, names: order.map((name) => `Ann of ${name}`) };
  for (const device of [stage.a, stage.b, stage.c]) {
    const [found, ...others] = stage.cases(device);
    expectEqual(`further cases on ${device.name}`, others, []);
    expectEqual('its state', found?.state, 'compensated');
    expectEqual('its violations', found?.violations.length, order.length - 1);
    expectEqual(`the accounts on ${device.name}`, idsAt(device), [idOf(winner)]);
    for (const name of order) {
      const shown = accountAt(device, idOf(name));
      expectEqual(`who ${idOf(name)} is on ${device.name}`, shown, {
        id: idOf(winner),
        account: merged,
      });
      const { user } = device.handle.view.notes.get(`note-${name}`) ?? { user: '' };
      expectEqual('whose the note is', accountAt(device, user).account?.email, email);
    }
  }
  const last = devices.at(-1);
  if (!last) return;
  expectEqual(
    'what the last one is told',
    (await stage.outcome(last, made.at(-1) ?? '')).type,
    'compensated',
  );
  // Its own id goes on working: what it writes next finds the survivor.
  await stage.run(last, 'write', { id: 'note-later', user: idOf(last.name), text: 'later' });
  await stage.settle();
  expectEqual('cases after another note', stage.cases(stage.c).length, 1);
}

async function playAsked(stage: Stage<AccountsApp>): Promise<void> {
  const { a, b, c } = stage;
  await signUpAlone(stage, [a, b], (name) => (name === 'A' ? born : '1980-01-01'));
  await stage.heal(a);
  await stage.heal(b);
  await stage.settle();
  for (const device of [a, b, c]) {
    expectEqual('its state', stage.cases(device)[0]?.state, 'escalated');
    expectEqual('the accounts: none is dropped', idsAt(device), [idOf('A'), idOf('B')]);
    for (const name of ['A', 'B']) {
      const { id, account } = accountAt(device, idOf(name));
      expectEqual('who it is: itself', [id, account?.names], [idOf(name), [`Ann of ${name}`]]);
    }
  }
  // A person decides, by one of the choices.
  await stage.run(c, 'moveTo', { id: idOf('B'), from: email, to: 'anna@x' });
  await stage.caughtUp(c);
  await stage.settle();
  const state = stage.cases(a)[0]?.state ?? '';
  expectThat('it is over', state !== 'escalated', state);
}
