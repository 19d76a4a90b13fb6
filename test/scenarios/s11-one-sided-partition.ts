// S11: a line that is cut one way only. A hears the relay and is cut off all the same: only the echo
// of its own probe proves the link. Where acknowledgements are lost, what is sent again is recognised.
import { decodeHeader } from '@causeway/core';
import type { SimulatedDevice } from '@causeway/testkit';
import { account, type BankApp, bankOf, fundsAt } from './bank.ts';
import { expectEqual } from './expect-equal.ts';
import type { Scenario } from './scenario.ts';
import { played } from './scenario.ts';
import type { Stage } from './stage.ts';
import { modeOf } from './stage.ts';

const setting = bankOf({ opening: 500 });

export const oneSidedPartition: Scenario = {
  id: 'S11',
  title: 'One-sided partition',
  variants: [
    played('A is not heard', setting, playUnheard),
    played('acknowledgements are lost', setting, playLostAcknowledgements),
  ],
};

async function playUnheard(stage: Stage<BankApp>): Promise<void> {
  const { a, b } = stage;
  const modesOfB = watchModes(b);
  a.line.cut('up');
  const byA = await stage.run(a, 'withdraw', { account, amount: 10 });
  await stage.until('A is in partition mode', () => modeOf(a) === 'partitioned');
  const byB = await stage.run(b, 'deposit', { account, amount: 10 });
  expectEqual('what B is told', await stage.outcome(b, byB), { type: 'confirmed' });
  await stage.until('A hears of the deposit', () => fundsAt(a).balance === 500, 2_000);
  expectEqual('the mode of A, which hears the relay', modeOf(a), 'partitioned');
  expectEqual('pending on A', stage.pending(a), ['withdraw']);
  expectEqual('the balance on B', fundsAt(b).balance, 510);
  await stage.heal(a);
  expectEqual('what A is told', await stage.outcome(a, byA), { type: 'confirmed' });
  await stage.settle();
  expectEqual('the modes of B', modesOfB, ['connected']);
  expectEqual('episodes of B', b.handle.episodes.current.length, 0);
  expectEqual('episodes of A', a.handle.episodes.current.length, 1);
  expectEqual('the balance', fundsAt(b).balance, 500);
}

async function playLostAcknowledgements(stage: Stage<BankApp>): Promise<void> {
  const { a, b } = stage;
  a.line.cut('down');
  a.line.faults.duplication = 1; // The relay gets it twice, as whenever a line sends it again.
  const byA = await stage.run(a, 'withdraw', { account, amount: 10 });
  await stage.until('the relay has it', () => stage.truth.positionByOperation.has(byA));
  await stage.until('A is in partition mode', () => modeOf(a) === 'partitioned');
  a.line.faults.duplication = 0;
  a.line.reset(); // What was on its way is lost for good, acknowledgement and all.
  expectEqual('pending on A', stage.pending(a), ['withdraw']);
  await stage.heal(a);
  expectEqual('what A is told', await stage.outcome(a, byA), { type: 'confirmed' });
  await stage.settle();
  const history = await stage.world.history();
  const commits = history.filter(
    ({ sealed }) => decodeHeader(sealed.header)?.operation?.id === byA,
  );
  expectEqual('commits of the operation', commits.length, 1);
  for (const device of [a, b]) {
    expectEqual(`the balance on ${device.name}`, fundsAt(device).balance, 490);
  }
  expectEqual('cash', stage.world.effects.length, 1);
}

/** The modes that the open tab of this device shows from now on. */
function watchModes(device: SimulatedDevice<BankApp>): readonly string[] {
  const modes: string[] = [];
  device.handle.status.subscribe(({ mode }) => mode !== modes.at(-1) && modes.push(mode));
  return modes;
}
