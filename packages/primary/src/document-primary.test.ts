// The audit of one document over the wire: what it appends, and when it tries again.
import { createHash } from 'node:crypto';
import {
  defineApp,
  encodeHeader,
  encodeOperationPayload,
  openPrimary,
  type Platform,
  parseDocumentId,
  parseOperationId,
  parseReplicaId,
  parseWriterId,
  safe,
  zeroHash,
} from '@causeway/core';
import type { Entries, EntryItem, Push, PushRefusal } from '@causeway/protocol';
import { counter, yjs } from '@causeway/yjs';
import * as v from 'valibot';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { DocumentPrimary } from './document-primary.ts';

const document = yjs((doc) => ({ sums: counter(doc, 'sums') }));
const { definition } = defineApp({ name: 'sums', version: 1, document })
  .operations({ add: { args: v.object({}), run: (doc) => doc.sums.add('x', 1) } })
  .invariants({ sane: { holds: () => true } })
  .policy({ add: { sane: safe() } });

const platform: Platform = {
  moment: () => ({ monotonicMs: performance.now(), wallMs: Date.now(), random: 0.5 }),
  randomBytes: (count) => new Uint8Array(count),
  after(ms, act) {
    const timer = setTimeout(act, ms);
    return () => clearTimeout(timer);
  },
  afterTurn: (act) => void setImmediate(act),
};

function must<T>(value: T | undefined): T {
  if (value === undefined) throw new Error('a test asked for something that is not there');
  return value;
}
const hex = (n: number): string => String(n).padStart(32, '0');
const id = must(parseDocumentId('a'));
const authorOf = (n: number) => ({
  writer: must(parseWriterId(hex(n))),
  replica: must(parseReplicaId(hex(n))),
  clientId: n,
});

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

function createAudit({ headPosition = 0 } = {}) {
  const pushes: Push[] = [];
  const author = authorOf(9);
  const hash = (bytes: Uint8Array) => Uint8Array.from(createHash('sha256').update(bytes).digest());
  const replica = definition.document.open({ clientId: author.clientId + 1 });
  const primary = new DocumentPrimary({
    headPosition,
    state: openPrimary({ definition, id, document: replica, author, hash, epoch: 1 }),
    platform,
    push: (push) => pushes.push(push),
    followed: () => undefined,
    handlers: {},
    escalate: () => undefined,
    guard: (work) => work(),
  });
  const entries = (from: number, ...items: readonly EntryItem[]): Entries => {
    const hashes = { prefixHash: zeroHash, digest: zeroHash };
    return { type: 'entries', document: id, epoch: 1, from, items, ...hashes };
  };
  return {
    pushes,
    commit: (from: number, ...items: readonly EntryItem[]) => primary.take(entries(from, ...items)),
    refuse: (code: PushRefusal) => {
      const { writer } = author;
      primary.take({ type: 'push-refused', document: id, writer, seq: 1, code, expected: 1 });
    },
  };
}

/** A client's own operation. */
function operationOf(client: number): EntryItem {
  const author = authorOf(client);
  const operation = must(parseOperationId(`operation-${client}`));
  const replica = definition.document.open({ clientId: client });
  const ran = replica.run({ operation }, (roots) =>
    definition.operations['add']?.run(roots, {}, op),
  );
  const header = encodeHeader({
    kind: 'operation',
    context: { epoch: 1, position: 0, dots: [] },
    operation: {
      id: operation,
      name: 'add',
      codeVersion: 1,
      user: 'anonymous',
      wallMs: 0,
      decision: { mode: 'connected', cell: 'safe', invariant: '*' },
    },
  });
  const payload = encodeOperationPayload({ args: {}, update: ran.update });
  return {
    type: 'change',
    author,
    seq: 1,
    sealed: { header, payload, effects: new Uint8Array(0) },
  };
}
const op = {
  id: must(parseOperationId('x')),
  user: { id: 'anonymous', roles: [] },
  replica: authorOf(1).replica,
  mode: 'connected',
  wallMs: 0,
  effect: () => undefined,
} as const;

test('it appends what it found on the condition that nothing named came between', () => {
  const { pushes, commit } = createAudit();
  commit(1, operationOf(1));
  expect(pushes).toMatchObject([{ type: 'push', document: id, firstSeq: 1, ifNamedHead: 1 }]);
  commit(2, { type: 'own', writer: authorOf(9).writer, seq: 1 });
  commit(3, operationOf(2));
  expect(pushes[1]).toMatchObject({ firstSeq: 2, ifNamedHead: 3, previous: pushes[0]?.last });
});

test('overtaken, it tries again when the entries have come, and not before', () => {
  const { pushes, commit, refuse } = createAudit();
  commit(1, operationOf(1));
  refuse('moved');
  expect(pushes).toHaveLength(1);
  commit(2, operationOf(2));
  expect(pushes[1]).toMatchObject({ firstSeq: 1, ifNamedHead: 2 });
  expect(pushes).toHaveLength(2);
});

test('where the entries came before the refusal, it tries again at once', () => {
  const { pushes, commit, refuse } = createAudit();
  commit(1, operationOf(1));
  commit(2, operationOf(2));
  expect(pushes).toHaveLength(1);
  refuse('moved');
  expect(pushes[1]).toMatchObject({ firstSeq: 1, ifNamedHead: 2 });
});

test('a refusal that no entry cures is tried again after a second', () => {
  const { pushes, commit, refuse } = createAudit();
  commit(1, operationOf(1));
  refuse('storage-failed');
  expect(pushes).toHaveLength(1);
  vi.advanceTimersByTime(1_000);
  expect(pushes).toHaveLength(2);
});

test('it says nothing before it has read what was in the log when it came', () => {
  const { pushes, commit } = createAudit({ headPosition: 2 });
  commit(1, operationOf(1));
  expect(pushes).toEqual([]);
  commit(2, operationOf(2));
  expect(pushes).toMatchObject([{ firstSeq: 1, ifNamedHead: 2 }]);
});
