// What the primary keeps so that it can explain a violation is bounded, and so is what it tries: beyond
// that it says so, and names everybody.
import { createHash } from 'node:crypto';
import {
  type AppDefinition,
  decodeCheckpoint,
  decodeFacts,
  decodeHeader,
  defineApp,
  encodeHeader,
  encodeOperationPayload,
  type Fact,
  type LogEntry,
  type OperationId,
  openPrimary,
  type PrimaryState,
  parseDocumentId,
  parseLogId,
  parseOperationId,
  parseReplicaId,
  parseWriterId,
  resumePrimary,
  safe,
  stepPrimary,
  takeCheckpoint,
} from '@causeway/core';
import { counter, yjs } from '@causeway/yjs';
import * as v from 'valibot';
import { expect, test } from 'vitest';

const account = 'ann';
const moment = { monotonicMs: 0, wallMs: 0, random: 0 };
const noBytes = new Uint8Array(0);

function must<T>(value: T | undefined): T {
  if (value === undefined) throw new Error('a test asked for something that is not there');
  return value;
}

function bank(opening: number, record: 'commit' | 'possible' = 'commit') {
  const document = yjs((doc) => ({ balance: counter(doc, 'balance'), memo: doc.getText('memo') }), {
    initial: (doc) => doc.balance.add(account, opening),
  });
  const { definition } = defineApp({ name: 'bank', version: 1, document })
    .operations({
      pay: {
        args: v.object({ by: v.number() }),
        subjects: () => [account],
        run: (doc, a) => doc.balance.add(account, a.by),
      },
    })
    .invariants({
      covered: {
        record,
        holds: (doc, key) => doc.balance.get(key) >= 0,
        deficit: (doc, key) => Math.max(0, -doc.balance.get(key)),
      },
    })
    .policy({ pay: { covered: safe() } });
  return { document, definition };
}
type Bank = ReturnType<typeof bank>;

const operationOf = (position: number): OperationId =>
  must(parseOperationId(String(position).padStart(32, '0')));

/** The author number `n`. */
function authorOf(n: number): LogEntry['author'] {
  const name = n.toString(16).padStart(32, '0');
  return { writer: must(parseWriterId(name)), replica: must(parseReplicaId(name)), clientId: n };
}

const context = { epoch: 1, position: 0, dots: [] };

/** A payment by somebody who had seen the log up to `seen`, and never wrote before. */
function payment({ document }: Bank, position: number, by: number, seen = 0): LogEntry {
  const author = authorOf(1_000 + position);
  const writer = document.open({ clientId: author.clientId });
  const id = operationOf(position);
  const { update } = writer.run({ operation: id }, (roots) => roots.balance.add(account, by));
  writer.close();
  const decision = { mode: 'partitioned', cell: 'safe', invariant: '*' } as const;
  const operation = { id, name: 'pay', codeVersion: 1, user: 'x', wallMs: 0, decision };
  const header = encodeHeader({
    kind: 'operation',
    context: { ...context, position: seen },
    operation,
  });
  const payload = encodeOperationPayload({ args: { by }, update });
  return { position, author, seq: 1, sealed: { header, payload, effects: noBytes } };
}

/** So many edits of a writer who is new at that position; each types `text`. */
function edits({ document }: Bank, from: number, count: number, text = '.'): readonly LogEntry[] {
  const author = authorOf(100_000 + from);
  const writer = document.open({ clientId: author.clientId });
  const made: Uint8Array[] = [];
  writer.onEdit((update) => made.push(update));
  const memo = writer.facet.doc.getText('memo');
  for (let at = 0; at < count; at++) memo.insert(memo.length, text);
  writer.close();
  const header = encodeHeader({ kind: 'edit', context });
  return made.map((payload, at) => {
    return {
      position: from + at,
      author,
      seq: at + 1,
      sealed: { header, payload, effects: noBytes },
    };
  });
}

const hash = (bytes: Uint8Array): Uint8Array =>
  new Uint8Array(createHash('sha256').update(bytes).digest());

function primaryOf(definition: AppDefinition): PrimaryState {
  const document = definition.document.open({ clientId: 3 });
  const id = must(parseDocumentId('bank'));
  return openPrimary({ definition, id, document, author: authorOf(2), hash, epoch: 1 });
}

/** Everything the primary says of these entries, until it has nothing more to say. */
function audit(state: PrimaryState, first: readonly LogEntry[]): readonly Fact[] {
  const facts: Fact[] = [];
  let entries = first;
  for (let turn = 0; turn < 5; turn++) {
    const effects = stepPrimary(state, { type: 'entriesCommitted', entries }, moment);
    const asked = effects.find((effect) => effect.type === 'append');
    if (!asked) return facts;
    entries = asked.changes.map((sealed, index) => {
      const position = state.position + 1 + index;
      return { position, author: state.author, seq: asked.firstSeq + index, sealed };
    });
    const told = entries.filter(
      ({ sealed }) => decodeHeader(sealed.header)?.kind === 'coordination',
    );
    facts.push(...told.flatMap(({ sealed }) => decodeFacts(sealed.payload) ?? []));
  }
  throw new Error('the primary never comes to rest');
}

function violationsIn(facts: readonly Fact[]) {
  return facts.flatMap((fact) => (fact.fact === 'violation' ? [fact] : []));
}

/** One payment, so many edits, and a payment that is concurrent with all of that. */
function apart(count: number): readonly Fact[] {
  const app = bank(10);
  const log = [payment(app, 1, -2), payment(app, 2, -6), ...edits(app, 3, count)];
  log.push(payment(app, log.length + 1, -6));
  return audit(primaryOf(app.definition), log);
}

test('who had missed 2,048 entries is explained', () => {
  const [found, ...more] = violationsIn(apart(2_046));
  expect(more).toEqual([]);
  expect(found).toMatchObject({ explained: 'minimal', fault: 'concurrent', from: 0, to: 4 });
  expect(found?.participants.map(({ id }) => id)).toEqual([operationOf(2), operationOf(2_049)]);
});

test('of who had missed more than is kept everybody is named, and it is said', () => {
  const [found, ...more] = violationsIn(apart(3_100));
  expect(more).toEqual([]);
  expect(found).toMatchObject({ explained: 'all-writers', fault: 'concurrent', from: 0, to: 4 });
  expect(found?.participants.map(({ position }) => position)).toEqual([1, 2, 3_103]);
});

/** Resumed from a checkpoint of it. */
function restarted(state: PrimaryState): PrimaryState {
  const { definition, id } = state;
  const place = { log: must(parseLogId('c'.repeat(32))), prefixHash: new Uint8Array(32) };
  const checkpoint = must(decodeCheckpoint(takeCheckpoint(state, place, 0)));
  const document = definition.document.open({ clientId: 3 });
  const setup = { definition, id, document, author: authorOf(4), hash, epoch: 1 };
  return must(resumePrimary(setup, checkpoint, 0));
}

test('what is older than the window counts as it stands, also after a restart', () => {
  const app = bank(10);
  const going = primaryOf(app.definition);
  audit(going, [payment(app, 1, -2), ...edits(app, 2, 4_000)]);
  expect(going.window.startPosition).toBeGreaterThan(1);
  for (const state of [restarted(going), going]) {
    const first = state.position + 1;
    // Only without the first payment, which both had seen, would there be enough.
    const seen = state.position;
    const pair = [payment(app, first, -6, seen), payment(app, first + 1, -3, seen)];
    const [found, ...more] = violationsIn(audit(state, pair));
    expect(more).toEqual([]);
    expect(found).toMatchObject({ explained: 'minimal', fault: 'concurrent', from: 0, to: 1 });
    expect(found?.participants.map(({ position }) => position)).toEqual([first, first + 1]);
    // What left the window meanwhile belongs to it, too.
    audit(state, edits(app, state.position + 1, 3_100));
    expect(state.window.startPosition).toBeGreaterThan(first + 1);
    for (const one of [restarted(state), state]) {
      const last = payment(app, one.position + 1, -1, one.position);
      const [again] = violationsIn(audit(one, [last]));
      expect(again).toMatchObject({ explained: 'minimal', fault: 'local', from: 1, to: 2 });
    }
  }
});

test('of a document that is too large to be copied for it everybody is named', () => {
  const app = bank(10);
  for (const [changes, explained] of [
    [80_000, 'minimal'],
    [125_000, 'all-writers'],
    [300_000, 'all-writers'],
  ] as const) {
    const state = primaryOf(app.definition);
    audit(state, [payment(app, 1, -2)]);
    state.window.changes += changes;
    const at = state.position + 1;
    const [found] = violationsIn(audit(state, [payment(app, at, -4), payment(app, at + 1, -5)]));
    expect(found).toMatchObject({ explained, fault: 'concurrent' });
    expect(found?.participants).toHaveLength(3);
  }
});

/** So many payments of 1 that nobody had seen, from an account with one too little in it. */
function crowd(payments: number): readonly Fact[] {
  const app = bank(payments - 1);
  const log = Array.from({ length: payments }, (_, at) => payment(app, at + 1, -1));
  return audit(primaryOf(app.definition), log);
}

test('15 concurrent operations are tried, beyond that everybody is named', () => {
  for (const [payments, explained] of [
    [16, 'minimal'],
    [17, 'all-writers'],
  ] as const) {
    const [found, ...more] = violationsIn(crowd(payments));
    expect(more).toEqual([]);
    expect(found).toMatchObject({ explained, fault: 'concurrent' });
    expect(found?.participants).toHaveLength(payments);
  }
});

test('what is possible among too many states is not known, and that is told once', () => {
  const app = bank(10, 'possible');
  const log = Array.from({ length: 9 }, (_, at) => payment(app, at + 1, 1));
  const state = primaryOf(app.definition);
  const facts = audit(state, [...log, payment(app, 10, -12)]);
  const about = { fact: 'possible-unknown', invariant: 'covered', key: account };
  expect(facts.filter(({ fact }) => fact !== 'audited')).toEqual([
    { ...about, operation: operationOf(10), why: 'too-many', position: 10 },
  ]);
  expect([...state.fold.possible.unknownByName.values()]).toHaveLength(1);
});

test('large changes shorten the window: it keeps a bounded number of bytes', {
  timeout: 60_000,
}, () => {
  const app = bank(10);
  const state = primaryOf(app.definition);
  const log = edits(app, 1, 40, 'x'.repeat(256 * 1_024));
  let most = 0;
  for (const entry of log) {
    audit(state, [entry]);
    const bytes = state.window.entries.reduce((sum, { update }) => sum + update.length, 0);
    expect(bytes).toBe(state.window.bytes);
    most = Math.max(most, bytes);
  }
  expect(most).toBeGreaterThan(7 * 2 ** 20);
  expect(most).toBeLessThanOrEqual(8 * 2 ** 20);
  expect(state.window.startPosition).toBeGreaterThan(0);
});
