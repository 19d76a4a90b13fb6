// Samples of what lies inside and around changes: headers, payloads, stored records, hash chains,
// digests. Their bytes are stored in changes.json and outlive the protocol: they are on disks.
import { createHash } from 'node:crypto';
import {
  addToDigest,
  type CaseId,
  type ChangeHeader,
  type ChangeKind,
  type Context,
  cellKinds,
  chainGenesis,
  chainNext,
  changeKinds,
  type Decision,
  decisionReasons,
  emptyFold,
  encodeFacts,
  encodeHeader,
  encodeOperationPayload,
  encodeSnapshot,
  type Fact,
  foldFact,
  type GrantId,
  type Hash,
  jsonToBytes,
  modes,
  type OperationHeader,
  type OperationSummary,
  type PossibleFact,
  prefixGenesis,
  prefixNext,
  primaryRefusals,
  type Snapshot,
  sealRecord,
  textToBytes,
  type ViolationId,
  zeroHash,
} from '@causeway/core';
import {
  authorA,
  bytesOf,
  document,
  hashOf,
  log,
  replicaA,
  writerA,
  writerB,
} from './golden-messages.ts';
import { goldenEffects, goldenOutboxFacts, operationId } from './golden-outbox.ts';

/** The platform's SHA-256, so that the stored hashes do not depend on our own choice of library. */
export const sha256: Hash = (bytes) => Uint8Array.from(createHash('sha256').update(bytes).digest());

const context: Context = { epoch: 1, position: 1000, dots: [] };
const withDots: Context = {
  epoch: 3,
  position: 0,
  dots: [{ writer: writerB, seq: 300, hash: hashOf(0x88) }],
};
const operation: OperationHeader = {
  id: operationId,
  name: 'withdraw',
  codeVersion: 2,
  user: 'anonymous',
  wallMs: 1_800_000_000_000,
  decision: { mode: 'partitioned', cell: 'limit', invariant: 'no-overdraft' },
};

function decidedBy(decision: Partial<Decision>): ChangeHeader {
  const decided = { ...operation, decision: { ...operation.decision, ...decision } };
  return { kind: 'operation', context, operation: decided };
}

function never(): never {
  throw new Error('a golden id breaks the rule for ids');
}

const grantId = 'g:1' as GrantId;

/** Headers, by the name of their bytes. */
export const goldenHeaders: Readonly<Record<string, ChangeHeader>> = {
  ...Object.fromEntries(
    changeKinds.map((kind: ChangeKind) => [`header-${kind}`, { kind, context } as const]),
  ),
  ...Object.fromEntries(modes.map((mode) => [`header-mode-${mode}`, decidedBy({ mode })])),
  ...Object.fromEntries(cellKinds.map((cell) => [`header-cell-${cell}`, decidedBy({ cell })])),
  'header-dots': { kind: 'edit', context: withDots },
  'header-operation': { kind: 'operation', context, operation },
  'header-effects': {
    kind: 'operation',
    context: withDots,
    operation,
    effects: { count: 2, hash: hashOf(0x99) },
  },
  ...Object.fromEntries(
    decisionReasons.map((reason) => [`header-reason-${reason}`, decidedBy({ reason })]),
  ),
  // As an intent is handed over, and as its result comes back: the reason before the effects' seal.
  'header-intent-reason': {
    ...{ kind: 'intent', context: withDots },
    operation: { ...operation, decision: { ...operation.decision, reason: 'not-home' } },
  },
  'header-result-reason-effects': {
    ...{ kind: 'result', context },
    operation: { ...operation, decision: { ...operation.decision, reason: 'engine' } },
    effects: { count: 1, hash: hashOf(0x99) },
  },
  'header-rights': {
    ...{ kind: 'operation', context },
    operation: {
      ...operation,
      decision: { ...operation.decision, cell: 'escrow', reason: 'home' },
      rights: [
        { grant: grantId, from: 0, amount: 2 },
        { grant: grantId, from: 200, amount: 1 },
      ],
    },
  },
  'header-dedup-key': {
    ...{ kind: 'intent', context },
    operation: { ...operation, dedupKey: 'order é' },
  },
  // Everything that a header may have, in its order.
  'header-dedup-key-last': {
    ...{ kind: 'operation', context },
    operation: {
      ...operation,
      decision: { ...operation.decision, cell: 'escrow', reason: 'home' },
      rights: [{ grant: grantId, from: 0, amount: 2 }],
      dedupKey: 'k',
    },
    effects: { count: 1, hash: hashOf(0x99) },
  },
};

const { id } = operation;
/** Another operation, of which facts say something beside the first. */
const other = 'f'.repeat(32) as typeof id;
const refused = { fact: 'refused', operation: id, code: 'requires', reason: 'full: é' } as const;
const home = { fact: 'home', key: 'seat/1', replica: replicaA, share: 'exclusive' } as const;

const caseOne = 'k:one' as CaseId;
const caseTwo = 'k:two' as CaseId;
const caseFact = { fact: 'case', id: caseOne, deficit: 1 } as const;

/** What coordination entries say of intents, homes and cases, by the name of their bytes. */
export const goldenFacts: Readonly<Record<string, Fact>> = {
  'fact-executed': { fact: 'executed', operation: id },
  'fact-proceeded': { fact: 'proceeded', operation: id },
  'fact-grant': {
    ...{ fact: 'grant', grant: grantId, root: 'stock', key: 'pen', holder: replicaA },
    ...{ amount: 5, lastsMs: 86_400_000 },
  },
  'fact-grant-closed': { fact: 'grant-closed', grant: grantId, why: 'forked' },
  'fact-escrow': {
    ...{ fact: 'escrow', root: 'stock', key: 'pen' },
    ...{ pool: 3, outstanding: 5, suspense: 1, debt: 0 },
  },
  'fact-saga': {
    ...{ fact: 'saga', saga: id, name: 'trip', args: { who: 'ann' }, version: 3, total: 4 },
    ...{ plan: '0f'.repeat(16), replica: replicaA, user: 'anonymous', mode: 'connected' },
    wallMs: 1_800_000_000_000,
  },
  'fact-saga-step': { fact: 'saga-step', saga: id, step: 2, deed: 'do' },
  'fact-saga-step-affected': {
    ...{ fact: 'saga-step', saga: id, step: 1, deed: 'undo' },
    affected: [
      {
        ...{ id, name: 'note', args: null, replica: replicaA, user: 'anonymous' },
        ...{ mode: 'partitioned', wallMs: 1_800_000_000_000, position: 7, externalised: false },
      },
    ],
  },
  'fact-saga-failed': {
    ...{ fact: 'saga-failed', saga: id, step: 3, deed: 'do', code: 'would-violate' },
    ...{ reason: 'full: é', invariant: 'covered', key: 'ann' },
  },
  'fact-saga-moved': {
    ...{ fact: 'saga-moved', saga: id, state: 'backward', step: 3, reason: 'full: é' },
  },
  'fact-saga-moved-done': { fact: 'saga-moved', saga: id, state: 'done' },
  'fact-home-exclusive': home,
  'fact-home-shared': { ...home, share: 'shared' },
  'fact-home-none': { ...home, share: 'none' },
  'fact-recall': { fact: 'recall', key: 'seat/1', operation: id },
  ...Object.fromEntries(
    primaryRefusals.map((code) => [`fact-refused-${code}`, { ...refused, code }]),
  ),
  'fact-refused-asked': {
    ...{ ...refused, code: 'not-asked' },
    about: { case: caseOne, state: 'resolved', by: 'dora', label: 'P3' },
  },
  'fact-refused-where': { ...refused, code: 'would-violate', invariant: 'covered', key: 'ann' },
  'fact-refused-of': { ...refused, code: 'duplicate', of: other },
  'fact-duplicate': { fact: 'duplicate', operation: id, of: other, dedupKey: 'order é' },
  'fact-overwritten': { fact: 'overwritten', operation: id, by: other, key: '10:00' },
  'fact-refused-whose': { ...refused, code: 'not-home', key: 'seat/1', home: replicaA },
  'fact-case-settling': { ...caseFact, state: 'settling', settlesAtMs: 1_750_000_060_000 },
  'fact-case-asked': {
    ...{ ...caseFact, state: 'escalated' },
    question: {
      ...{ round: 1, cause: 'bad-choices', question: 'Who?', detail: 'no operation "fly"' },
      choices: [{ label: 'P3', operation: 'bump', args: { passenger: 'P3' } }],
      resolvers: ['agent'],
      evidence: [{ operation: id, name: 'confirmation', payload: 'P3' }],
    },
  },
  'fact-case-claimed': {
    ...{ ...caseFact, state: 'claimed' },
    claim: { token: 130, by: 'dora', replica: replicaA, leaseMs: 300_000 },
  },
  'fact-case-resolved': {
    ...{ ...caseFact, state: 'resolved', deficit: 0 },
    resolution: { round: 1, label: 'P3', by: 'dora', operation: id, request: id },
  },
  'fact-case-waived': {
    ...{ ...caseFact, state: 'waived' },
    waiver: { by: 'dora', reason: 'a larger aircraft', request: id },
  },
  'fact-case-superseded': { ...caseFact, state: 'superseded', supersededBy: caseTwo },
  'fact-case-compensated': { ...caseFact, state: 'compensated', compensation: id, affected: [] },
};

const summary: OperationSummary = {
  ...{ id, name: 'transfer', args: { cents: 1250, to: 'Zoë' }, replica: replicaA },
  ...{ user: 'anonymous', mode: 'partitioned', wallMs: 1_800_000_000_000, position: 127 },
  externalised: true,
};
const blame: Omit<PossibleFact, 'fact' | 'class'> = {
  ...{ id: 'v:1' as ViolationId, invariant: 'covered', key: 'ann', from: 0, to: 60 },
  ...{ fault: 'concurrent', trigger: summary, participants: [summary, summary] },
  ...{ explained: 'minimal', mendings: [id], position: 127 },
};

/** What coordination entries say of broken rules, by the name of their bytes. */
export const goldenFindings: Readonly<Record<string, Fact>> = {
  'fact-violation': { fact: 'violation', case: 'k:1' as CaseId, class: 'commit', ...blame },
  'fact-violation-of-all': {
    ...{ fact: 'violation', case: 'k:1' as CaseId, class: 'commit', ...blame },
    ...{ id: 'v:2' as ViolationId, fault: 'local', explained: 'all-writers' },
  },
  'fact-possible': { fact: 'possible', class: 'possible', ...blame },
  'fact-possible-unknown': {
    ...{ fact: 'possible-unknown', invariant: 'covered', key: 'ann', operation: id },
    ...{ why: 'too-many', position: 127 },
  },
};

/** What a replica keeps of its log, with an intent that has no answer yet. */
export function goldenSnapshot(): Snapshot {
  const fold = emptyFold();
  for (const fact of Object.values(goldenFacts)) foldFact(fold, fact);
  for (const name of ['fact-home-shared', 'fact-recall']) {
    foldFact(fold, goldenFacts[name] ?? never());
  }
  const hashes = { prefixHash: hashOf(0x44), digest: hashOf(0x55) };
  const { name, wallMs, decision } = operation;
  const { args } = goldenPayload;
  return {
    head: { log, epoch: 1, position: 129, ...hashes, namedPosition: 128 },
    roster: [{ record: authorA, seq: 3, hash: hashOf(0x66) }],
    ...{ fold, auditDuePosition: 128, awaiting: [[id, 127]], document: bytesOf(7, 8, 9) },
    intents: [
      {
        ...{ operation: id, name, args, subjects: ['ann'], wallMs },
        ...{ decision: { ...decision, reason: 'overlay' }, expiresWallMs: undefined },
        ...{ dependsOn: [id], writer: writerA, state: 'submitting' },
      },
    ],
  };
}

/** The same, with what the audit found. */
export function goldenAuditedSnapshot(): Snapshot {
  const snapshot = goldenSnapshot();
  for (const fact of Object.values(goldenFindings)) foldFact(snapshot.fold, fact);
  return snapshot;
}

/** The arguments and update of the sample payload. */
export const goldenPayload = {
  args: { to: 'Zoë', cents: 1250, note: null, tags: ['a', { z: 1, b: [true, 0.5] }] },
  update: bytesOf(9, 8, 7),
};

const edit = { header: bytesOf(0x10, 0, 1, 0, 0, 0), payload: bytesOf(1, 2), effects: bytesOf() };

/** All bytes of the formats that changes are made of, by name. */
export function encodeGoldenChanges(): Readonly<Record<string, Uint8Array>> {
  const genesis = chainGenesis(sha256, document, authorA);
  const first = chainNext(sha256, genesis, edit);
  const empty = prefixGenesis(sha256, document, log);
  const headers = Object.entries(goldenHeaders);
  return {
    ...Object.fromEntries(headers.map(([name, header]) => [name, encodeHeader(header)])),
    'operation-payload': encodeOperationPayload(goldenPayload),
    'sealed-record': sealRecord(textToBytes('causeway')),
    'chain-genesis': genesis,
    'chain-first': first,
    'chain-second': chainNext(sha256, first, { ...edit, payload: bytesOf() }),
    'prefix-genesis': empty,
    'prefix-first': prefixNext(sha256, empty, first),
    'digest-first': addToDigest(zeroHash, first),
    'digest-second': addToDigest(addToDigest(zeroHash, first), hashOf(0xff)),
    ...Object.fromEntries(
      Object.entries({ ...goldenFacts, ...goldenFindings, ...goldenOutboxFacts }).map(
        ([name, fact]) => [name, encodeFacts([fact])],
      ),
    ),
    'effect-records': jsonToBytes(goldenEffects),
    snapshot: encodeSnapshot(goldenSnapshot()),
    'snapshot-audited': encodeSnapshot(goldenAuditedSnapshot()),
  };
}
