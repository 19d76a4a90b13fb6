// The promises of the relay's machine: order without copy or gap (R1), durability before word (R2),
// and that a peer's mistake, slowness or silence is its own affair (R3).
import {
  type DocumentId,
  type LogEntry,
  type LogHead,
  parseDocumentId,
  parseLogId,
  parseReplicaId,
  parseWriterId,
  type WriterRecord,
} from '@causeway/core';
import type { DownMessage, Entries, KnownHead, Push, UpMessage } from '@causeway/protocol';
import { expect, test } from 'vitest';
import { defaultLimits, type RelayLimits } from './limits.ts';
import { type AppendResult, LogFailure } from './log/log-store.ts';
import type { RelayEffect } from './relay-effect.ts';
import type { RelayInput } from './relay-input.ts';
import { createRelayState } from './relay-state.ts';
import { stepRelay } from './step-relay.ts';

function must<T>(value: T | undefined): T {
  if (value === undefined) throw new Error('a test asked for something that is not there');
  return value;
}
const hex = (n: number): string => n.toString(16).padStart(32, '0');
const document: DocumentId = must(parseDocumentId('a'));
const log = must(parseLogId(hex(1)));
const hashOf = (n: number): Uint8Array => new Uint8Array(32).fill(n);
const authorOf = (n: number): WriterRecord => ({
  writer: must(parseWriterId(hex(n))),
  replica: must(parseReplicaId(hex(n))),
  clientId: n,
});
const headAt = (position: number): LogHead => ({
  log,
  epoch: 1,
  position,
  prefixHash: hashOf(position),
  digest: hashOf(100 + position),
  namedPosition: 0,
});
const entryAt = (position: number, author = authorOf(9), bytes = 4): LogEntry => ({
  position,
  author,
  seq: position,
  sealed: { header: hashOf(0), payload: new Uint8Array(bytes), effects: hashOf(0) },
});
const hello: UpMessage = {
  type: 'hello',
  protocol: 1,
  app: 'bank',
  appVersion: 1,
  replica: must(parseReplicaId(hex(7))),
  token: '',
};
const knownAt = (position: number): KnownHead => ({
  log,
  epoch: 1,
  position,
  prefixHash: hashOf(position),
});

/** A relay, with a log that the test writes by hand. */
function createBench(limits: Partial<RelayLimits> = {}) {
  const state = createRelayState({ limits: { ...defaultLimits, ...limits }, auditors: 'primary' });
  const bench = {
    nowMs: 0,
    take(input: RelayInput): readonly RelayEffect[] {
      return stepRelay(state, input, { monotonicMs: bench.nowMs, wallMs: 0, random: 0 });
    },
    say: (session: number, message: UpMessage) =>
      bench.take({ type: 'messageReceived', session, message }),
    join(session: number, privilege: 'peer' | 'primary' = 'peer') {
      bench.take({ type: 'sessionOpened', session, privilege });
      return bench.say(session, hello);
    },
    open: (session: number, known?: KnownHead) =>
      find(bench.say(session, { type: 'open', document, known, vector: [] }), 'loadHead'),
    answerHead(session: number, head: LogHead, knownHash?: Uint8Array, subscription?: number) {
      const newest = [...(state.documents.get(document)?.subscribers ?? [])].at(-1)?.id ?? 0;
      const input = { session, document, head, knownHash, subscription: subscription ?? newest };
      return bench.take({ type: 'headLoaded', vector: [], ...input });
    },
    /** Joined, opened and caught up with an empty log. */
    goLive(session: number) {
      bench.join(session);
      bench.open(session);
      bench.answerHead(session, headAt(0));
    },
    answerRead(read: Extract<RelayEffect, { type: 'read' }>, entries: readonly LogEntry[]) {
      const place = { session: read.session, subscription: read.subscription, document };
      const prefixHash = hashOf(entries.at(-1)?.position ?? read.after);
      return bench.take({ type: 'entriesRead', ...place, entries, prefixHash });
    },
    push: (session: number, o: Partial<Push> = {}) => bench.say(session, pushOf(session, o)),
    answerAppend: (...results: readonly AppendResult[]) =>
      bench.take({ type: 'appendAnswered', results }),
  };
  return bench;
}

function pushOf(author: number, o: Partial<Push> = {}): Push {
  return {
    type: 'push',
    document,
    author: authorOf(author),
    firstSeq: 1,
    previous: hashOf(0),
    changes: [entryAt(1).sealed],
    last: hashOf(1),
    ifNamedHead: undefined,
    ...o,
  };
}
const appended = (...entries: readonly LogEntry[]): AppendResult => ({
  type: 'appended',
  entries,
  head: headAt(entries.at(-1)?.position ?? 0),
});
function find<T extends RelayEffect['type']>(effects: readonly RelayEffect[], type: T) {
  return must(effects.find((e): e is Extract<RelayEffect, { type: T }> => e.type === type));
}
const sent = (effects: readonly RelayEffect[], session: number): readonly DownMessage[] =>
  effects.flatMap((e) => (e.type === 'send' && e.session === session ? [e.message] : []));
const entriesTo = (effects: readonly RelayEffect[], session: number): readonly Entries[] =>
  sent(effects, session).filter((message) => message.type === 'entries');
const closeOf = (effects: readonly RelayEffect[]) => {
  const { session, closeStatus } = find(effects, 'closeSession');
  return { session, closeStatus };
};

test('an append is acknowledged only when the store has answered (R2)', () => {
  const bench = createBench();
  bench.goLive(1);
  bench.goLive(2);
  const before = [...bench.push(1), ...bench.take({ type: 'turnEnded' })];
  expect(before.map((effect) => effect.type)).toEqual(['append']);
  const after = bench.answerAppend(appended(entryAt(1, authorOf(1))));
  const { writer } = authorOf(1);
  expect(entriesTo(after, 1)).toMatchObject([
    { from: 1, items: [{ type: 'own', writer, seq: 1 }] },
  ]);
  expect(entriesTo(after, 2)).toMatchObject([{ from: 1, items: [{ type: 'change', seq: 1 }] }]);
});

test('pushes of one turn make one group, and one message to each subscriber', () => {
  const bench = createBench();
  for (const session of [1, 2, 3]) bench.goLive(session);
  bench.push(1);
  bench.push(2);
  const group = find(bench.take({ type: 'turnEnded' }), 'append');
  expect(group.requests.map(({ author }) => author.clientId)).toEqual([1, 2]);
  bench.push(3); // Waits for the group in flight.
  expect(bench.take({ type: 'turnEnded' })).toEqual([]);
  const after = bench.answerAppend(appended(entryAt(1, authorOf(1))), appended(entryAt(2)));
  for (const session of [1, 2, 3]) expect(entriesTo(after, session)).toHaveLength(1);
  expect(entriesTo(after, 3)[0]).toMatchObject({ from: 1, prefixHash: hashOf(2) });
  expect(find(after, 'append').requests).toHaveLength(1);
});

test('whoever is still reading gets each entry once, whichever way it comes (R1)', () => {
  const bench = createBench();
  bench.goLive(1);
  bench.join(2);
  bench.open(2);
  const first = find(bench.answerHead(2, headAt(2)), 'read');
  bench.push(1);
  bench.take({ type: 'turnEnded' });
  // Committed while the read is in flight: not pushed to 2, which would leave a gap.
  expect(entriesTo(bench.answerAppend(appended(entryAt(3))), 2)).toEqual([]);
  const then = bench.answerRead(first, [entryAt(1), entryAt(2)]);
  expect(entriesTo(then, 2)).toMatchObject([{ from: 1, items: { length: 2 } }]);
  // The store gives more than the machine knows of: 4 was appended, but not answered yet.
  const rest = bench.answerRead(find(then, 'read'), [entryAt(3), entryAt(4)]);
  expect(entriesTo(rest, 2)).toMatchObject([{ from: 3, items: { length: 2 } }]);
  bench.push(1);
  bench.take({ type: 'turnEnded' });
  const overlap = bench.answerAppend(appended(entryAt(4), entryAt(5)));
  expect(entriesTo(overlap, 2)).toMatchObject([{ from: 5, items: { length: 1 } }]);
  expect(entriesTo(overlap, 1)).toEqual([]); // It read nothing yet: behind by the gap at 1 to 3.
});

test('an answer that belongs to an earlier opening is nothing (R1)', () => {
  const bench = createBench();
  bench.join(1);
  const stale = bench.open(1);
  bench.open(1, knownAt(2));
  expect(bench.answerHead(1, headAt(3), undefined, stale.subscription)).toEqual([]);
  const read = find(bench.answerHead(1, headAt(3), hashOf(2)), 'read');
  expect(read.after).toBe(2);
  bench.open(1, knownAt(3));
  expect(entriesTo(bench.answerRead(read, [entryAt(3)]), 1)).toEqual([]);
});

test('nothing is pushed to a session before its opening is answered (R1)', () => {
  const bench = createBench();
  bench.goLive(1);
  bench.join(2);
  bench.open(2);
  bench.push(1);
  bench.take({ type: 'turnEnded' });
  expect(sent(bench.answerAppend(appended(entryAt(1))), 2)).toEqual([]);
  expect(find(bench.answerHead(2, headAt(0)), 'read').after).toBe(0);
});

test('another log than the client holds is sent from its beginning', () => {
  const bench = createBench();
  bench.join(1);
  expect(bench.open(1, knownAt(2)).knownPosition).toBe(2);
  const effects = bench.answerHead(1, headAt(3), hashOf(9));
  expect(sent(effects, 1)).toMatchObject([{ type: 'opened', relation: 'diverged' }]);
  expect(find(effects, 'read').after).toBe(0);
});

test('a slow reader is pushed nothing more, and resumes from the store without a gap', () => {
  const bench = createBench();
  bench.goLive(1);
  bench.goLive(2);
  bench.take({ type: 'sessionBuffered', session: 2, bytes: 300_000 });
  bench.push(1);
  bench.take({ type: 'turnEnded' });
  const during = bench.answerAppend(appended(entryAt(1, authorOf(1))));
  expect(entriesTo(during, 2)).toEqual([]);
  expect(during.some(({ type }) => type === 'read')).toBe(false);
  const read = find(bench.take({ type: 'sessionDrained', session: 2 }), 'read');
  expect(read.after).toBe(0);
  expect(entriesTo(bench.answerRead(read, [entryAt(1)]), 2)).toHaveLength(1);
});

test('a reader that stays slow is cut: by bytes at once, by time after 15 s', () => {
  const bench = createBench();
  bench.goLive(1);
  bench.goLive(2);
  const bytes = 5 * 1024 * 1024;
  const flooded = bench.take({ type: 'sessionBuffered', session: 1, bytes });
  expect(closeOf(flooded)).toEqual({ session: 1, closeStatus: 4500 });
  const woken = bench.take({ type: 'sessionBuffered', session: 2, bytes: 300_000 });
  bench.nowMs = 5_000;
  bench.take({ type: 'clockAdvanced' });
  expect(woken).toEqual([]); // The greeting's deadline comes earlier anyway.
  bench.nowMs = 15_000;
  expect(closeOf(bench.take({ type: 'clockAdvanced' }))).toEqual({ session: 2, closeStatus: 4500 });
});

test('a group too large for one message is read instead of pushed; own changes stay small', () => {
  const bench = createBench({ batchBytesMax: 100 });
  bench.goLive(1);
  bench.goLive(2);
  bench.push(1);
  bench.take({ type: 'turnEnded' });
  const after = bench.answerAppend(appended(entryAt(1, authorOf(1), 200)));
  expect(entriesTo(after, 1)).toHaveLength(1);
  expect(entriesTo(after, 2)).toEqual([]);
  expect(find(after, 'read')).toMatchObject({ session: 2, after: 0 });
});

test('a failed append is told to its pushers, and the next group runs', () => {
  const bench = createBench();
  bench.goLive(1);
  bench.push(1);
  bench.take({ type: 'turnEnded' });
  bench.push(1, { firstSeq: 2 });
  const failure = new LogFailure('disk-full', 'the disk is full', { retry: true });
  const effects = bench.take({ type: 'appendFailed', failure });
  const refusal = { type: 'push-refused', code: 'storage-failed', seq: 1, expected: 1 };
  expect(sent(effects, 1)).toMatchObject([refusal]);
  expect(find(effects, 'append').requests).toMatchObject([{ firstSeq: 2 }]);
});

test('only the primary may name a condition, and only its pushes carry its privilege', () => {
  const bench = createBench();
  bench.goLive(1);
  const refused = bench.push(1, { ifNamedHead: 0 });
  expect(sent(refused, 1)).toMatchObject([{ type: 'push-refused', code: 'not-permitted' }]);
  bench.push(1);
  expect(bench.join(2, 'primary')).toContainEqual({ type: 'announce', document });
  bench.open(2);
  bench.push(2, { ifNamedHead: 0 });
  const { requests } = find(bench.take({ type: 'turnEnded' }), 'append');
  expect(requests.map(({ isPrimary }) => isPrimary)).toEqual([false, true]);
});

test('a session with too much in flight is not read from until half of it is answered', () => {
  const bench = createBench({ pushBytesInFlightMax: 300 });
  bench.goLive(1);
  bench.push(1);
  expect(bench.push(1)).toEqual([]);
  expect(bench.push(1)).toEqual([{ type: 'pauseSession', session: 1 }]);
  bench.take({ type: 'turnEnded' });
  const results = [1, 2, 3].map((position) => appended(entryAt(position, authorOf(1))));
  expect(bench.answerAppend(...results)[0]).toEqual({ type: 'resumeSession', session: 1 });
});

test('a session that says nothing is closed; after this process slept, everyone gets time again', () => {
  const bench = createBench();
  bench.goLive(1);
  bench.nowMs = 4_999;
  bench.say(1, { type: 'probe', nonce: 1 });
  bench.nowMs = 5_000;
  expect(bench.take({ type: 'clockAdvanced' })).toEqual([{ type: 'wakeAt', monotonicMs: 64_999 }]);
  bench.nowMs = 600_000; // The clock comes nine minutes late.
  expect(bench.take({ type: 'clockAdvanced' })).toEqual([{ type: 'wakeAt', monotonicMs: 660_000 }]);
  bench.nowMs = 660_000;
  expect(closeOf(bench.take({ type: 'clockAdvanced' }))).toEqual({ session: 1, closeStatus: 4500 });
});

test('stopping answers what was taken, then tells everyone', () => {
  const bench = createBench();
  bench.goLive(1);
  bench.push(1);
  const stopping = bench.take({ type: 'stopRequested' });
  expect(stopping.map(({ type }) => type)).toEqual(['append']);
  expect(bench.push(1, { firstSeq: 2 })).toEqual([]);
  const stopped = bench.answerAppend(appended(entryAt(1, authorOf(1))));
  expect(sent(stopped, 1).map(({ type }) => type)).toEqual(['entries', 'fault']);
  expect(stopped.at(-1)).toEqual({ type: 'stopped' });
  const late = bench.take({ type: 'sessionOpened', session: 9, privilege: 'peer' });
  expect(closeOf(late)).toEqual({ session: 9, closeStatus: 1012 });
});
