// What a hostile client had committed must not end the audit of a document: the application's code
// throws on it, so it is void, and everybody else's work goes on.
import { createHash } from 'node:crypto';
import {
  type AppDefinition,
  decodeFacts,
  decodeHeader,
  defineApp,
  encodeHeader,
  encodeOperationPayload,
  type Fact,
  foldFromJson,
  foldToJson,
  type Json,
  type LogEntry,
  type OperationId,
  openPrimary,
  type PrimaryState,
  parseDocumentId,
  parseOperationId,
  parseReplicaId,
  parseWriterId,
  risk,
  safe,
  stepPrimary,
} from '@causeway/core';
import { boundedCounter, counter, yjs } from '@causeway/yjs';
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
const idOf = (index: number): OperationId =>
  must(parseOperationId(String(index).padStart(32, '0')));
const authorOf = (digit: string, clientId: number) => ({
  writer: must(parseWriterId(digit.repeat(32))),
  replica: must(parseReplicaId(digit.repeat(32))),
  clientId,
});

const noBytes = new Uint8Array(0);
const moment = { monotonicMs: 0, wallMs: 0, random: 0 };

function primaryOf(app: AppDefinition): PrimaryState {
  const hash = (bytes: Uint8Array) => new Uint8Array(createHash('sha256').update(bytes).digest());
  const document = app.document.open({ clientId: 9 });
  const id = must(parseDocumentId('poison'));
  const author = authorOf('a', 8);
  return openPrimary({ definition: app, id, document, author, hash, epoch: 1 });
}

/** The client's operation number `index`, as its entry in the log. */
function entryOf(index: number, args: Json, update: Uint8Array = noBytes): LogEntry {
  const operation = {
    id: idOf(index),
    name: 'add',
    codeVersion: 1,
    user: 'anonymous',
    wallMs: 0,
    decision: { mode: 'connected', cell: 'safe', invariant: '*' },
  } as const;
  const context = { epoch: 1, position: index, dots: [] };
  const header = encodeHeader({ kind: 'operation', context, operation });
  const payload = encodeOperationPayload({ args, update });
  const sealed = { header, payload, effects: noBytes };
  return { position: index + 1, author: authorOf('b', 7), seq: index + 1, sealed };
}

/** The facts that an audit of these committed arguments finds. */
function auditOf(committed: readonly Json[]): readonly Fact[] {
  const state = primaryOf(definition);
  const entries = committed.map((args, index) => entryOf(index, args));
  const [asked] = stepPrimary(state, { type: 'entriesCommitted', entries }, moment);
  if (asked?.type !== 'append') throw new Error('nothing was found');
  return must(decodeFacts(must(asked.changes[0]).payload));
}

test.each([null, [], 7, { key: 3, by: 1 }, { key: 'x' }])('%j is void, and only that', (poison) => {
  const facts = auditOf([{ key: 'x', by: 1 }, poison, { key: 'x', by: 2 }]);
  expect(facts.map(({ fact }) => fact)).toEqual(['refused', 'quarantined', 'audited']);
  expect(facts[0]).toMatchObject({ operation: idOf(1) });
  expect(facts[1]).toMatchObject({ operation: idOf(1), reason: expect.any(String) });
});

test("a compensation stands, though the application's `keys` knows its own operations only", () => {
  const sums = yjs((doc) => ({ sums: counter(doc, 'sums') }));
  const app = defineApp({ name: 'poison', version: 1, document: sums })
    .operations({
      add: {
        args: v.object({ account: v.string(), by: v.number() }),
        run: (doc, a) => doc.sums.add(a.account, a.by),
      },
    })
    .invariants({
      covered: {
        keys: (op) => [op.args.account.trim()],
        holds: (doc, key) => doc.sums.get(key) >= 0,
      },
    })
    .compensations({
      covered: { on: 'commit', restore: (doc, x) => doc.sums.add(x.key, -doc.sums.get(x.key)) },
    })
    .policy({ add: { covered: risk() } }).definition;
  const args = { account: 'x', by: -5 };
  const writer = app.document.open({ clientId: 7 });
  const ran = writer.run({ operation: idOf(0) }, (roots) =>
    app.operations['add']?.run(roots, args, contextOf(idOf(0))),
  );
  const update = ran.type === 'ran' ? ran.update : noBytes;
  const state = primaryOf(app);

  const facts = factsOf(follow(state, [entryOf(0, args, update)]));

  expect(facts.map(({ fact }) => fact)).toEqual(['violation', 'audited', 'case', 'audited']);
  expect(facts[2]).toMatchObject({ state: 'compensated' });
  expect([...state.cases]).toEqual([]);
});

/** What the primary appends, told back to it until it has nothing more to say. */
function follow(state: PrimaryState, first: readonly LogEntry[]): readonly LogEntry[] {
  const log: LogEntry[] = [];
  let entries = first;
  for (let turn = 0; turn < 10; turn++) {
    const effects = stepPrimary(state, { type: 'entriesCommitted', entries }, moment);
    const asked = effects.find((effect) => effect.type === 'append');
    if (!asked) return log;
    entries = asked.changes.map((sealed, index) => ({
      position: state.position + 1 + index,
      author: state.author,
      seq: asked.firstSeq + index,
      sealed,
    }));
    log.push(...entries);
  }
  throw new Error('the primary never comes to rest');
}

const factsOf = (log: readonly LogEntry[]): readonly Fact[] =>
  log
    .filter(({ sealed }) => must(decodeHeader(sealed.header)).kind === 'coordination')
    .flatMap(({ sealed }) => must(decodeFacts(sealed.payload)));

function contextOf(id: OperationId) {
  const user = { id: 'anonymous', roles: [] };
  const { replica } = authorOf('b', 7);
  return { id, user, replica, mode: 'connected', wallMs: 0, effect: () => undefined } as const;
}

test('sums that no number holds end no audit: nothing is granted on them, and what made them is void', () => {
  const stock = yjs((doc) => ({
    stock: boundedCounter(doc, 'stock', { min: -5, reclaim: 'firm' }),
  }));
  const app = defineApp({ name: 'poison', version: 1, document: stock })
    .operations({
      add: { args: v.object({ by: v.number() }), run: (doc, a) => doc.stock.add('pen', a.by) },
    })
    .invariants({ stocked: { keys: () => ['pen'], holds: () => true } })
    .policy({ add: { stocked: safe() } }).definition;
  let writer = app.document.open({ clientId: 7 });
  const adding = (index: number, by: number): LogEntry => {
    const ran = writer.run({ operation: idOf(index) }, (roots) =>
      app.operations['add']?.run(roots, { by }, contextOf(idOf(index))),
    );
    return entryOf(index, { by }, ran.type === 'ran' ? ran.update : noBytes);
  };
  const asking = (index: number): LogEntry => {
    const asked = entryOf(index, { root: 'stock', key: 'pen', amount: 3 });
    const header = must(decodeHeader(asked.sealed.header));
    const operation = { ...must(header.operation), name: 'causeway.rights' };
    const sealed = {
      ...asked.sealed,
      header: encodeHeader({ ...header, kind: 'intent', operation }),
    };
    return { ...asked, sealed };
  };
  const state = primaryOf(app);

  const given = factsOf(follow(state, [adding(0, 8), asking(1)]));
  expect(given.map(({ fact }) => fact)).toContain('grant');
  const next = (entry: LogEntry): LogEntry => ({ ...entry, position: state.position + 1 });
  const voided = factsOf(follow(state, [next(adding(2, Number.MAX_SAFE_INTEGER))]));
  expect(voided).toContainEqual(expect.objectContaining({ fact: 'refused', code: 'no-rights' }));
  expect(state.document.boundedValue('stock', 'pen')).toBe(8);

  writer = app.document.open({ clientId: 7 });
  const huge = primaryOf(app);
  const max = Number.MAX_SAFE_INTEGER;
  const refused = factsOf(follow(huge, [adding(0, max), adding(1, max), asking(2)]));
  expect(refused).toContainEqual(
    expect.objectContaining({ fact: 'refused', operation: idOf(2), code: 'no-rights' }),
  );
});

/** An account that goes below zero; what its rule and its mending do for some keys is up to them. */
function bankOf(o: {
  readonly holds?: (key: string, sum: number) => boolean;
  readonly mend?: () => void;
}) {
  const { holds = (_key, sum) => sum >= 0, mend = () => undefined } = o;
  return defineApp({
    name: 'poison',
    version: 1,
    document: yjs((doc) => ({ sums: counter(doc, 'sums') })),
  })
    .operations({
      add: {
        args: v.object({ key: v.string(), by: v.number() }),
        subjects: (a) => [a.key],
        run: (doc, a) => doc.sums.add(a.key, a.by),
      },
    })
    .invariants({ covered: { holds: (doc, key) => holds(key, doc.sums.get(key)) } })
    .compensations({ covered: { on: 'commit', restore: mend } })
    .policy({ add: { covered: risk() } }).definition;
}

/** These, committed one after the other by one client. */
function committed(app: AppDefinition, all: readonly { key: string; by: number }[]) {
  const writer = app.document.open({ clientId: 7 });
  return all.map((args, index): LogEntry => {
    const ran = writer.run({ operation: idOf(index) }, (roots) =>
      app.operations['add']?.run(roots, args, contextOf(idOf(index))),
    );
    return entryOf(index, args, ran.type === 'ran' ? ran.update : noBytes);
  });
}

test('a rule that throws for a key voids nothing: listed with what it said, and the rest is judged', () => {
  const app = bankOf({
    holds(key, sum) {
      if (key === 'bad') throw new Error('no such account');
      return sum >= 0;
    },
  });
  const state = primaryOf(app);
  const entries = committed(app, [
    { key: 'bad', by: -1 },
    { key: 'good', by: -2 },
    { key: 'bad', by: -3 },
  ]);
  const facts = factsOf(follow(state, entries));
  const listed = facts.filter(({ fact }) => fact === 'quarantined');
  expect(listed).toEqual(
    [0, 2].map((index) => ({
      ...{ fact: 'quarantined', operation: idOf(index), reason: 'no such account' },
      ...{ invariant: 'covered', key: 'bad' },
    })),
  );
  expect(facts.filter(({ fact }) => fact === 'violation')).toMatchObject([{ key: 'good' }]);
  expect(facts.some(({ fact }) => fact === 'refused')).toBe(false);
  expect([...state.fold.quarantinedById.keys()]).toEqual([idOf(0), idOf(2)]);
  const { quarantinedById } = foldFromJson(foldToJson(state.fold));
  expect(quarantinedById).toEqual(state.fold.quarantinedById);
});

test.for([
  [
    'its mending throws',
    bankOf({
      mend() {
        throw new Error('cannot mend');
      },
    }),
  ],
  [
    'its rule throws once it is broken',
    (() => {
      let asked = 0;
      return bankOf({
        holds(_key, sum) {
          asked += sum < 0 ? 1 : 0;
          if (asked > 1) throw new Error('asked too often');
          return sum >= 0;
        },
      });
    })(),
  ],
] as const)('a case goes to people where %s', ([, app]) => {
  const state = primaryOf(app);
  const facts = factsOf(follow(state, committed(app, [{ key: 'x', by: -1 }])));
  expect(facts.filter(({ fact }) => fact === 'case')).toMatchObject([{ state: 'escalated' }]);
  expect(stepPrimary(state, { type: 'clockAdvanced' }, moment)).toEqual([]);
});
