// How a client's log relates to the relay's: each of the four answers, at its edges.
import { type LogHead, type LogId, parseLogId } from '@causeway/core';
import type { KnownHead } from '@causeway/protocol';
import { expect, test } from 'vitest';
import { relate } from './subscriptions.ts';

const hashOf = (n: number): Uint8Array => new Uint8Array(32).fill(n);
function logOf(n: number): LogId {
  const log = parseLogId(String(n).padStart(32, '0'));
  if (!log) throw new Error('32 digits are a log id');
  return log;
}
const head: LogHead = {
  log: logOf(1),
  epoch: 1,
  position: 3,
  prefixHash: hashOf(3),
  digest: hashOf(0),
  namedPosition: 0,
};
const knownAt = (position: number, o: Partial<KnownHead> = {}): KnownHead => ({
  log: head.log,
  epoch: 1,
  position,
  prefixHash: hashOf(position),
  ...o,
});

test.for([
  { name: 'nothing known', known: undefined, hash: undefined, relation: 'resumed' },
  { name: 'a prefix', known: knownAt(2), hash: hashOf(2), relation: 'resumed' },
  { name: 'all of it', known: knownAt(3), hash: hashOf(3), relation: 'resumed' },
  { name: 'the empty prefix', known: knownAt(0), hash: hashOf(0), relation: 'resumed' },
  { name: 'more than there is', known: knownAt(4), hash: undefined, relation: 'behind' },
  { name: 'another history', known: knownAt(2), hash: hashOf(9), relation: 'diverged' },
  { name: 'no hash to compare', known: knownAt(2), hash: undefined, relation: 'diverged' },
  {
    name: 'another log',
    known: knownAt(2, { log: logOf(2) }),
    hash: hashOf(2),
    relation: 'new-log',
  },
  {
    name: 'another log, further on',
    known: knownAt(9, { log: logOf(2) }),
    hash: undefined,
    relation: 'new-log',
  },
])('$name: $relation', ({ known, hash, relation }) => {
  expect(relate(known, head, hash)).toBe(relation);
});
