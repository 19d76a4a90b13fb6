// What may go wrong inside one step of a replica, and must cost nothing else: an application's bug,
// a snapshot that cannot be read, a change that the relay would not take.

import { createHash } from 'node:crypto';
import type {
  OperationId,
  ReplicaEffect,
  ReplicaId,
  ReplicaInput,
  ReplicaState,
  StoredDocument,
  WriterId,
} from '@causeway/core';
import {
  Bug,
  defineApp,
  limit,
  openReplica,
  parseDocumentId,
  safe,
  statusOf,
  stepReplica,
} from '@causeway/core';
import { openMemoryStore } from '@causeway/relay';
import { counter, yjs } from '@causeway/yjs';
import * as v from 'valibot';
import { expect, test } from 'vitest';

let isBroken = false;
const app = defineApp({
  name: 'faults',
  version: 1,
  document: yjs((doc) => ({ balance: counter(doc, 'balance'), note: doc.getText('note') })),
})
  .operations({
    take: {
      args: v.object({ cents: v.number() }),
      subjects: () => ['ann'],
      run(doc, a) {
        if (isBroken) throw new Bug('app-bug', 'this application is wrong');
        doc.balance.add('ann', -a.cents);
      },
    },
    write: {
      args: v.object({ times: v.number() }),
      run: (doc, a) => doc.note.insert(0, 'x'.repeat(a.times)),
    },
  })
  .invariants({ covered: { holds: () => true } })
  .compensations({ covered: { restore: () => undefined } })
  .policy({
    take: { covered: limit({ of: (a) => a.cents, max: 100, connected: 'local' }) },
    write: { covered: safe() },
  });

const id =
  parseDocumentId('faults') ??
  (() => {
    throw new Error('no id');
  })();
const empty: StoredDocument = {
  document: id,
  head: undefined,
  snapshot: undefined,
  tail: [],
  queue: [],
  rows: [],
  effects: [],
  episodes: [],
  intents: [],
  rights: [],
};
const operation = (n: number) => String(n).padStart(32, '0') as OperationId;
const moment = { monotonicMs: 0, wallMs: 0, random: 0.5 };
const hash = (bytes: Uint8Array) => new Uint8Array(createHash('sha256').update(bytes).digest());

function open(stored: StoredDocument = empty) {
  const { definition } = app;
  const author = {
    writer: 'a'.repeat(32) as WriterId,
    replica: 'b'.repeat(32) as ReplicaId,
    clientId: 7,
  };
  const document = definition.document.open({ clientId: author.clientId });
  const user = { id: 'anonymous', roles: [] };
  const setup = { app: definition, id, document, author, user, hash, strength: 'memory' } as const;
  const state = openReplica(setup, stored, moment);
  const step = (input: ReplicaInput) => stepReplica(state, input, moment);
  return { state, step };
}
const take = (n: number): ReplicaInput => ({
  type: 'runRequested',
  id: operation(n),
  name: 'take',
  args: { cents: 10 },
});
function storeOf(asked: readonly ReplicaEffect[]) {
  const [found] = asked.filter((effect) => effect.type === 'store');
  if (!found) throw new Error('nothing was asked of the store');
  return found;
}
const stored = (asked: readonly ReplicaEffect[]): ReplicaInput => {
  const { ticket, commands } = storeOf(asked);
  return { type: 'stored', ticket, results: commands.map(() => ({ type: 'done' })) };
};
const cutOff = (step: (input: ReplicaInput) => readonly ReplicaEffect[]) =>
  step({ type: 'modeEventHappened', event: 'went-offline' });
const receipt = (state: ReplicaState, n: number) => state.receipts.get(operation(n));

test('a bug of the application after a reservation is raised, and costs nobody else anything', () => {
  const { state, step } = open();
  step(stored(cutOff(step)));
  const first = step(take(1));
  expect(step(take(2))).toEqual([]); // Both wait for the store: the second goes into the next group.
  isBroken = true;
  const afterFirst = step(stored(first));
  isBroken = false;
  expect(afterFirst.map(({ type }) => type)).toContain('raiseBug');
  expect(receipt(state, 1)).toMatchObject({ type: 'refused', code: 'failed' });
  const { commands } = storeOf(afterFirst);
  expect(commands).toContainEqual({ type: 'release', operation: operation(1) });
  const afterSecond = step(stored(afterFirst));
  step(stored(afterSecond));
  expect(receipt(state, 2)?.type).toBe('saved');
  expect(statusOf(state).pending).toBe(1);
});

test('a snapshot that cannot be read is told, and the log is followed from its beginning', async () => {
  const head = { ...(await openMemoryStore().head(id)), position: 9 };
  const other = open();
  const [enqueue] = storeOf(other.step(stored(other.step(take(1))))).commands.filter(
    ({ type }) => type === 'enqueue',
  );
  if (enqueue?.type !== 'enqueue') throw new Error('nothing was queued');
  const { author, seq, sealed } = enqueue.change;
  const { state, step } = open({
    ...empty,
    head,
    snapshot: { position: 8, bytes: new Uint8Array([7]) },
    tail: [{ position: 9, author, seq, sealed }], // It reaches the head, and stands on what is lost.
  });
  expect(statusOf(state).why).toBe('snapshot-unreadable');
  const asked = step({ type: 'linkOpened', hasPrimary: false, changeBytesMax: 900_000 });
  expect(asked).toContainEqual({ type: 'subscribe', known: undefined, vector: [] });
});

test('a change that the relay would not take stays here, is named, and is never sent', async () => {
  const { state, step } = open();
  step({ type: 'linkOpened', hasPrimary: false, changeBytesMax: 2_000 });
  const head = await openMemoryStore().head(id);
  step({ type: 'subscribed', head, relation: 'resumed', vector: [] });
  const asked = step({
    type: 'runRequested',
    id: operation(1),
    name: 'write',
    args: { times: 5_000 },
  });
  const after = step(stored(asked));
  expect(after.filter(({ type }) => type === 'push')).toEqual([]);
  expect(statusOf(state)).toMatchObject({ refused: 'too-large', pending: 1, synced: false });
});
