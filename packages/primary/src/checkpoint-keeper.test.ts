// When a checkpoint is taken: in a pause that is worth it, and not for ever later.
import { hash } from 'node:crypto';
import {
  type DocumentId,
  defineApp,
  openPrimary,
  type Platform,
  parseLogId,
  type WriterRecord,
  zeroHash,
} from '@causeway/core';
import { counter, yjs } from '@causeway/yjs';
import { expect, test } from 'vitest';
import { CheckpointKeeper } from './checkpoint-keeper.ts';

const sha256 = (bytes: Uint8Array) => new Uint8Array(hash('sha256', bytes, 'buffer'));
const document = yjs((doc) => ({ sums: counter(doc, 'sums') }));
const { definition } = defineApp({ name: 'sums', version: 1, document });

/** A keeper with a clock that is told what to do: `waits` are the times it was asked to wait. */
function createKeeper() {
  const author = { writer: 'a'.repeat(32), replica: 'b'.repeat(32), clientId: 8 } as WriterRecord;
  const state = openPrimary({
    ...{ definition, id: 'a' as DocumentId, author, hash: sha256, epoch: 1 },
    document: document.open({ clientId: 9 }),
  });
  let due: (() => void) | undefined;
  const waits: number[] = [];
  const saved: number[] = [];
  const platform: Platform = {
    moment: () => ({ monotonicMs: 0, wallMs: 0, random: 0 }),
    randomBytes: (count) => new Uint8Array(count),
    after(ms, act) {
      waits.push(ms);
      due = act;
      return () => {
        due = undefined;
      };
    },
    afterTurn: (act) => act(),
  };
  const log = parseLogId('c'.repeat(32)) ?? expect.unreachable();
  const keeper = new CheckpointKeeper({
    ...{ state, log, platform, guard: (work) => work() },
    pace: { entries: 10, pauseMs: 20, idleMs: 5_000 },
    save: (_, position) => saved.push(position),
  });
  return {
    waits,
    saved,
    follow(position: number) {
      state.position = position;
      keeper.followed(zeroHash);
    },
    pass: () => due?.(),
  };
}

test('few entries wait for a long pause, many for a short one, and very many for none', () => {
  const { follow, waits, saved, pass } = createKeeper();
  for (const position of [1, 9, 10, 39, 40]) follow(position);
  expect(waits).toEqual([5_000, 5_000, 20, 20, 0]);
  expect(saved).toEqual([]);
  pass();
  expect(saved).toEqual([40]);
});

test('what was kept is not kept again, and what came since is', () => {
  const { follow, waits, saved, pass } = createKeeper();
  follow(3);
  pass();
  follow(3);
  expect([saved, waits.length]).toEqual([[3], 1]);
  follow(4);
  pass();
  expect(saved).toEqual([3, 4]);
});

test('in a long log it takes more entries to be worth one', () => {
  const { follow, waits, pass } = createKeeper();
  follow(800);
  pass();
  follow(899);
  follow(920);
  expect(waits).toEqual([0, 5_000, 20]);
});
