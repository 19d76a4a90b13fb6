// What a hostile client had committed must not end the audit of a document: the application's code
// throws on it, so it is void, and everybody else's work goes on.
import { createHash } from 'node:crypto';
import {
  decodeFacts,
  defineApp,
  encodeHeader,
  encodeOperationPayload,
  type Fact,
  type Json,
  openPrimary,
  parseDocumentId,
  parseOperationId,
  parseReplicaId,
  parseWriterId,
  safe,
  stepPrimary,
} from '@causeway/core';
import { counter, yjs } from '@causeway/yjs';
import * as v from 'valibot';
import { expect, test } from 'vitest';

const { definition } = defineApp({
  name: 'poison',
  version: 1,
  document: yjs((doc) => ({ sums: counter(doc, 'sums') })),
})
  .operations({
    add: {
      args: v.object({ key: v.string(), by: v.number() }),
      subjects: (a) => [a.key],
      requires: (_doc, a) => a.by.toFixed() !== '0' || 'nothing',
      run: (doc, a) => doc.sums.add(a.key, a.by),
    },
  })
  .invariants({
    sane: { keys: (op) => [op.args.key.trim()], holds: () => true },
  })
  .policy({ add: { sane: safe() } });

function must<T>(value: T | undefined): T {
  if (value === undefined) throw new Error('a test asked for something that is not there');
  return value;
}
const authorOf = (digit: string, clientId: number) => ({
  writer: must(parseWriterId(digit.repeat(32))),
  replica: must(parseReplicaId(digit.repeat(32))),
  clientId,
});

/** The facts that an audit of these committed arguments finds. */
function auditOf(committed: readonly Json[]): readonly Fact[] {
  const hash = (bytes: Uint8Array) => new Uint8Array(createHash('sha256').update(bytes).digest());
  const document = definition.document.open({ clientId: 9 });
  const id = must(parseDocumentId('poison'));
  const state = openPrimary({ definition, id, document, author: authorOf('a', 8), hash, epoch: 1 });
  const entries = committed.map((args, index) => {
    const operation = {
      id: must(parseOperationId(String(index).padStart(32, '0'))),
      name: 'add',
      codeVersion: 1,
      user: 'anonymous',
      wallMs: 0,
      decision: { mode: 'connected', cell: 'safe', invariant: '*' },
    } as const;
    const context = { epoch: 1, position: index, dots: [] };
    const header = encodeHeader({ kind: 'operation', context, operation });
    const payload = encodeOperationPayload({ args, update: new Uint8Array(0) });
    const sealed = { header, payload, effects: new Uint8Array(0) };
    return { position: index + 1, author: authorOf('b', 7), seq: index + 1, sealed };
  });
  const moment = { monotonicMs: 0, wallMs: 0, random: 0 };
  const [asked] = stepPrimary(state, { type: 'entriesCommitted', entries }, moment);
  if (asked?.type !== 'append') throw new Error('nothing was found');
  return must(decodeFacts(must(asked.changes[0]).payload));
}

test.each([null, [], 7, { key: 3, by: 1 }, { key: 'x' }])('%j is void, and only that', (poison) => {
  const facts = auditOf([{ key: 'x', by: 1 }, poison, { key: 'x', by: 2 }]);
  expect(facts.map(({ fact }) => fact)).toEqual(['refused', 'audited']);
  expect(facts[0]).toMatchObject({ operation: '1'.padStart(32, '0') });
});
