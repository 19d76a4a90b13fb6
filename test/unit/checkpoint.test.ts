// A checkpoint comes back by another clock, and is none whenever anything about it is not as it should
// be. (That a primary goes on from one as if it had read the log: G28, in every simulated run.)
import { createHash } from 'node:crypto';
import {
  type Checkpoint,
  decodeCheckpoint,
  defineApp,
  encodeCheckpoint,
  type GrantId,
  grantRights,
  openPrimary,
  openRights,
  type PrimarySetup,
  type PrimaryState,
  parseDocumentId,
  parseLogId,
  parseReplicaId,
  parseWriterId,
  resumePrimary,
  takeCheckpoint,
  zeroHash,
} from '@causeway/core';
import { counter, yjs } from '@causeway/yjs';
import { expect, test } from 'vitest';

function must<T>(value: T | undefined): T {
  if (value === undefined) throw new Error('a test asked for something that is not there');
  return value;
}
const log = must(parseLogId('c'.repeat(32)));
const replica = must(parseReplicaId('b'.repeat(32)));

function definitionOf(version: number, name = 'shop') {
  const document = yjs((doc) => ({ sums: counter(doc, 'sums') }));
  const app = defineApp({ name, version, document })
    .operations({})
    .invariants({
      sane: { holds: () => true },
    });
  return app.policy({}).definition;
}

function setupOf(o: Partial<PrimarySetup> & { readonly clientId?: number } = {}): PrimarySetup {
  const definition = o.definition ?? definitionOf(2);
  return {
    definition,
    id: must(parseDocumentId('a')),
    document: definition.document.open({ clientId: o.clientId ?? 9 }),
    author: { writer: must(parseWriterId('a'.repeat(32))), replica, clientId: 8 },
    hash: (bytes) => new Uint8Array(createHash('sha256').update(bytes).digest()),
    epoch: 1,
    ...o,
  };
}

/** With one of everything that hangs on the clock, which shows 5,000 ms. */
function stateOf(): PrimaryState {
  const state = openPrimary(setupOf());
  const work = {
    ...{ id: 'k:1' as never, invariant: 'sane', key: 'x', openedMs: 1_000 },
    ...{ deficit: 2, affected: [], triggers: [], isEscalated: false },
  };
  state.cases.set('sane x', work);
  state.healed.push({ ...work, openedMs: 4_000 });
  state.recalledSinceMs.set('key', 4_900);
  const ledger = openRights({ min: 0, reclaim: 'soft' } as never, 10);
  const id = 'g' as GrantId;
  grantRights(ledger, { id, holder: replica, amount: 3, expiresMs: 9_000 });
  grantRights(ledger, { id: 'h' as GrantId, holder: replica, amount: 1 });
  state.rights.set('stock x', { root: 'stock', key: 'x', ledger });
  state.position = 7;
  return state;
}
const bytesOf = (state: PrimaryState): Uint8Array =>
  takeCheckpoint(state, { log, prefixHash: zeroHash }, 5_000);
const checkpointOf = (state: PrimaryState): Checkpoint => must(decodeCheckpoint(bytesOf(state)));

test('times are as far away as they were, by whatever clock', () => {
  const resumed = must(resumePrimary(setupOf(), checkpointOf(stateOf()), 100));
  expect(resumed.position).toBe(7);
  expect(resumed.cases.get('sane x')?.openedMs).toBe(-3_900);
  expect(resumed.healed.map(({ openedMs }) => openedMs)).toEqual([-900]);
  expect([...resumed.recalledSinceMs]).toEqual([['key', 0]]);
  const grants = [...must(resumed.rights.get('stock x')).ledger.liveById.values()];
  expect(grants.map(({ expiresMs }) => expiresMs)).toEqual([4_100, undefined]);
});

test('any damage is found', () => {
  const bytes = bytesOf(stateOf());
  for (let at = 0; at < bytes.length; at += 7) {
    const flipped = bytes.slice();
    flipped[at] = (flipped[at] ?? 0) ^ 16;
    expect(decodeCheckpoint(flipped)).toBeUndefined();
    expect(decodeCheckpoint(bytes.subarray(0, at))).toBeUndefined();
  }
});

test.for([
  ['another document', { id: must(parseDocumentId('b')) }],
  ['another epoch', { epoch: 2 }],
  ['a newer version', { definition: definitionOf(3) }],
  ['another app', { definition: definitionOf(2, 'bank') }],
  ['other versions beside it', { previous: [definitionOf(1)] }],
] as const)('it is discarded by %s', ([, other]) => {
  expect(resumePrimary(setupOf(other), checkpointOf(stateOf()), 0)).toBeUndefined();
});

test('it is discarded where a field is missing, or does not fit to the others', () => {
  const whole = checkpointOf(stateOf());
  const resume = (body: Checkpoint['body'], content = whole.content) =>
    resumePrimary(
      setupOf(),
      must(decodeCheckpoint(encodeCheckpoint({ ...whole, body, content }))),
      0,
    );
  expect(resume(whole.body)).toBeDefined();
  for (const name of Object.keys(whole.body.fields)) {
    const { [name]: _, ...fields } = whole.body.fields;
    expect([name, resume({ ...whole.body, fields })]).toEqual([name, undefined]);
  }
  const changed = (fields: object) =>
    resume({ ...whole.body, fields: { ...whole.body.fields, ...fields } });
  expect(changed({ position: 8 })).toBeUndefined();
  expect(changed({ history: [['sane x', [4]]] })).toBeUndefined();
  expect(changed({ cases: 3 })).toBeUndefined();
  const [[name, place]] = whole.body.fields['rights'] as never as [[string, { ledger: object }]];
  expect(changed({ rights: [[name, { ...place, ledger: { ...place.ledger, pool: 99 } }]] })).toBe(
    undefined,
  );
  expect(resume(whole.body, Uint8Array.of(1, 2, 3))).toBeUndefined();
});
