// Guarded roots at the primary alone: kinds are claims, and a declaration that guards nothing is a mistake.
import { createHash } from 'node:crypto';
import {
  type ChangeKind,
  decodeFacts,
  defineApp,
  encodeHeader,
  type Fact,
  type LogEntry,
  openPrimary,
  type PrimaryState,
  parseDocumentId,
  parseReplicaId,
  parseWriterId,
  risk,
  stepPrimary,
} from '@causeway/core';
import { yjs } from '@causeway/yjs';
import * as v from 'valibot';
import { expect, test } from 'vitest';
import { Doc, encodeStateAsUpdate } from 'yjs';

function appThatGuards(guards: 'title' | 'titel') {
  return defineApp({
    name: 'guarded',
    version: 1,
    document: yjs((doc) => ({ title: doc.getMap<unknown>('title') })),
  })
    .operations({ name: { args: v.object({}), run: (doc) => void doc.title.set('text', 'x') } })
    .invariants({
      short: {
        guards: [guards as 'title'],
        guardKeys: () => ['title'],
        holds: (doc) => String(doc.title.get('text') ?? '').length < 4,
      },
      text: {
        guards: [guards as 'title'],
        guardKeys: () => ['title'],
        // Throws on anything but text: no reason to end the audit.
        holds: (doc) => (doc.title.get('text') as string | undefined)?.trim() !== '',
      },
    })
    .compensations({ short: { restore: () => undefined }, text: { restore: () => undefined } })
    .policy({ name: { short: risk(), text: risk() } }).definition;
}

function must<T>(value: T | undefined): T {
  if (value === undefined) throw new Error('a test asked for something that is not there');
  return value;
}
const authorOf = (digit: string, clientId: number) => ({
  writer: must(parseWriterId(digit.repeat(32))),
  replica: must(parseReplicaId(digit.repeat(32))),
  clientId,
});
const noBytes = new Uint8Array(0);

function primaryOf(guards: 'title' | 'titel'): PrimaryState {
  const definition = appThatGuards(guards);
  return openPrimary({
    definition,
    id: must(parseDocumentId('guarded')),
    document: definition.document.open({ clientId: 9 }),
    author: authorOf('a', 8),
    hash: (bytes) => new Uint8Array(createHash('sha256').update(bytes).digest()),
    epoch: 1,
  });
}

function editsOf(kind: ChangeKind, values: readonly unknown[]): readonly LogEntry[] {
  return values.map((value, index) => {
    const doc = new Doc();
    doc.clientID = 70 + index;
    doc.getMap('title').set('text', value);
    const header = encodeHeader({ kind, context: { epoch: 1, position: index, dots: [] } });
    const sealed = { header, payload: encodeStateAsUpdate(doc), effects: noBytes };
    return { position: index + 1, author: authorOf(`${index}`, 70 + index), seq: 1, sealed };
  });
}

function auditOf(entries: readonly LogEntry[]): readonly Fact[] {
  const moment = { monotonicMs: 0, wallMs: 0, random: 0 };
  const state = primaryOf('title');
  const [asked] = stepPrimary(state, { type: 'entriesCommitted', entries }, moment);
  if (asked?.type !== 'append') return [];
  return must(decodeFacts(must(asked.changes[0]).payload));
}

test.each(['edit', 'guarded-edit', 'import'] as const)(
  '%s is judged by what it touches',
  (kind) => {
    const facts = auditOf(editsOf(kind, ['long enough']));
    const trigger = { id: `e:${'0'.repeat(32)}:1`, name: 'edit', args: null };
    expect(facts).toMatchObject([
      { fact: 'violation', invariant: 'short', trigger },
      { fact: 'case', state: 'settling' },
      { upTo: 1 },
    ]);
  },
);

test('a rule that throws on what somebody wrote ends nothing', () => {
  const facts = auditOf(editsOf('edit', [7, 'long enough', 'ok']));
  const told = facts.map((one) => (one.fact === 'violation' ? one.trigger.id : one.fact));
  expect(told).toEqual([`e:${'1'.repeat(32)}:1`, 'audited']);
});

test('an application that guards what its view does not have is told at once', () => {
  expect(() => primaryOf('titel')).toThrow('unknown-guard');
});
