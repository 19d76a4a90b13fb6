// What the primary appends: results under their operation's id, and the facts that say what they mean,
// together in one conditional append.
import type { Ran } from '../app/document-type.ts';
import type { EffectRecord } from '../app/operation.ts';
import type { Json } from '../bytes/canonical-json.ts';
import { jsonToBytes } from '../bytes/canonical-json.ts';
import type { ChangeHeader, OperationHeader, SealedChange } from '../causality/change.ts';
import { encodeHeader, encodeOperationPayload } from '../causality/change-codec.ts';
import { chainNext } from '../causality/hash-chain.ts';
import type { Fact } from '../coordination/facts.ts';
import { encodeFacts } from '../coordination/facts.ts';
import type { PrimaryEffect } from './primary-io.ts';
import type { PrimaryState } from './primary-state.ts';

/** What an operation did when the primary ran it. */
export interface Result {
  readonly operation: OperationHeader;
  readonly args: Json;
  readonly ran: Extract<Ran, { type: 'ran' }>;
  readonly effects: readonly EffectRecord[];
}

const noBytes = new Uint8Array(0);

/** The state's own facts, these, and how far the audit is. */
export function factsChange(state: PrimaryState, more: readonly Fact[]): SealedChange {
  const audited: Fact = { fact: 'audited', upTo: state.position };
  const header = sealHeader(state, { kind: 'coordination' });
  return { header, payload: encodeFacts([...state.facts, ...more, audited]), effects: noBytes };
}

export function resultChange(state: PrimaryState, result: Result): SealedChange {
  const { operation, args, ran } = result;
  const effects = result.effects.length > 0 ? jsonToBytes(result.effects) : noBytes;
  const header = sealHeader(state, {
    kind: 'result',
    operation,
    ...(result.effects.length > 0 && {
      effects: { count: result.effects.length, hash: state.hash(effects) },
    }),
  });
  return { header, payload: encodeOperationPayload({ args, update: ran.update }), effects };
}

/** The other thing that can become of an intent: it has no result, and never will. */
export function cancelledChange(state: PrimaryState, operation: OperationHeader): SealedChange {
  const header = sealHeader(state, { kind: 'cancelled', operation });
  const payload = encodeOperationPayload({ args: null, update: noBytes });
  return { header, payload, effects: noBytes };
}

/** The verdicts of a run, as facts. */
export function verdictFacts({ verdicts }: Extract<Ran, { type: 'ran' }>): readonly Fact[] {
  return verdicts.map((verdict) => ({ fact: 'verdict', verdict }) as const);
}

function sealHeader(state: PrimaryState, what: Omit<ChangeHeader, 'context'>): Uint8Array {
  const context = { epoch: state.epoch, position: state.position, dots: [] };
  return encodeHeader({ ...what, context });
}

/** One append at a time, on the condition that nothing named came between. */
export function append(state: PrimaryState, changes: readonly SealedChange[]): PrimaryEffect {
  const { seq, hash } = state.chain;
  let last = hash;
  for (const change of changes) last = chainNext(state.hash, last, change);
  state.append = { lastSeq: seq + changes.length };
  return {
    type: 'append',
    firstSeq: seq + 1,
    previous: hash,
    changes,
    last,
    ifNamedHead: state.namedPosition,
  };
}
