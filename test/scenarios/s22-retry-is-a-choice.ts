// S22: an operation that would rather not happen than happen late. Known to be cut off, it leaves
// nothing behind; on its way already, it is cancelled, and exactly one of result and cancel commits.
import { decodeHeader } from '@causeway/core';
import { account, type BankApp, bankOf, fundsAt } from './bank.ts';
import { expectEqual, expectThat } from './expect-equal.ts';
import type { Scenario } from './scenario.ts';
import { played } from './scenario.ts';
import type { Stage } from './stage.ts';

const setting = { ...bankOf({ opening: 500 }), bounds: { fixedMs: 5_000 } };
const bound = { withinMs: 1_000, onTimeout: 'cancel' } as const;
const args = { account, amount: 10 };
/** How late a timer of the client may be. */
const timerMs = 20;

export const retryIsAChoice: Scenario = {
  id: 'S22',
  title: 'Retry is a choice',
  variants: [
    played('known to be cut', bankOf({ opening: 500 }), playKnown),
    played('the frame never arrives', setting, (stage) => playHanded(stage, 'lost')),
    played('only the answer is lost', setting, (stage) => playHanded(stage, 'arrived')),
  ],
};

async function playKnown(stage: Stage<BankApp>): Promise<void> {
  const { a, world } = stage;
  await stage.cut(a);
  const receipt = a.handle.run('deposit', args, bound);
  expectEqual('the answer', await world.until(receipt.saved), {
    ...{ type: 'refused', code: 'timed-out' },
  });
  const { pending, status } = a.handle;
  expectEqual('what is left', [pending.current, status.current.pending], [[], 0]);
  await stage.heal(a);
  await stage.settle();
  expectThat('it was never applied', !stage.truth.positionByOperation.has(receipt.id));
  expectEqual('the balance', fundsAt(a).balance, 500);
}

async function playHanded(stage: Stage<BankApp>, what: 'lost' | 'arrived'): Promise<void> {
  const { a, world } = stage;
  a.line.cut(what === 'lost' ? 'up' : 'down');
  const askedMs = world.nowMs;
  const receipt = a.handle.run('deposit', args, bound);
  expectEqual('the answer', await world.until(receipt.committed), {
    ...{ type: 'refused', code: 'cancelling' },
  });
  const afterMs = world.nowMs - askedMs;
  expectThat('that is at 1 s', afterMs >= 1_000 && afterMs <= 1_000 + timerMs, afterMs);
  await world.advance(100); // The cancel entry is on disk.
  expectThat('a cancel entry stays queued', a.handle.status.current.pending > 0);
  a.line.reset(); // The link that it was handed to dies.
  await stage.heal(a);
  await stage.settle();
  const isDone = what === 'arrived';
  expectEqual('the balance', fundsAt(a).balance, isDone ? 510 : 500);
  expectEqual('in the log', outcomesOf(stage, receipt.id), [isDone ? 'result' : 'cancelled']);
  if (stage.isReloaded) return; // Receipts of before are gone with their page.
  expectEqual(
    'what the user is told',
    await world.until(receipt.outcome),
    isDone ? { type: 'confirmed' } : { type: 'refused', code: 'cancelled' },
  );
}

/** The entries that answer an intent, by kind. */
export function outcomesOf({ truth }: Pick<Stage, 'truth'>, operation: string): readonly string[] {
  const headers = truth.entries.map(({ sealed }) => decodeHeader(sealed.header));
  return headers.flatMap((header) => {
    const isOutcome = header?.kind === 'result' || header?.kind === 'cancelled';
    return header && isOutcome && header.operation?.id === operation ? [header.kind] : [];
  });
}
