// What a committed entry says that somebody did, decoded and ready to be judged.
import type { Recorded, Schemas } from '../app/operation.ts';
import type { Json } from '../bytes/canonical-json.ts';
import type { ChangeHeader, OperationHeader } from '../causality/change.ts';
import { decodeOperationPayload } from '../causality/change-codec.ts';
import type { CausalPlace } from '../causality/context.ts';
import type { LogEntry } from '../causality/log-entry.ts';
import type { OperationSummary } from '../coordination/operation-summary.ts';
import { parseSagaStepId } from '../coordination/saga-fold.ts';
import type { OperationId, ReplicaId, WriterId } from '../identity.ts';
import { attempt } from './attempt.ts';
import { isResolutionId } from './case.ts';
import type { OperationCode } from './code-versions.ts';
import { codeOf } from './code-versions.ts';
import type { PrimaryState } from './primary-state.ts';

/** A named entry, decoded and ready to be judged. */
export interface Audited {
  readonly header: ChangeHeader;
  readonly operation: OperationHeader;
  readonly code: OperationCode;
  readonly summary: OperationSummary;
  readonly recorded: Recorded<Schemas>;
  readonly place: CausalPlace;
  readonly update: Uint8Array;
  /** The application's code threw on its arguments. */
  readonly thrown: string | undefined;
}
/** What an entry's author had seen, its later ones had, too: an intent's as well. */
export function inherit(state: PrimaryState, entry: LogEntry, header: ChangeHeader): void {
  const { writer } = entry.author;
  const dots = state.inherited.get(writer) ?? new Map<WriterId, number>();
  if (header.context.dots.length === 0 && state.inherited.has(writer)) return;
  const grown = new Map(dots);
  for (const dot of header.context.dots) grown.set(dot.writer, dot.seq);
  state.inherited.set(writer, grown);
}

/** Where an entry stands among all others, once what its author had seen is inherited. */
export function placeOf(
  { inherited }: PrimaryState,
  { author, seq, position }: LogEntry,
  header: ChangeHeader,
): CausalPlace {
  const { writer } = author;
  const seen = header.context.position;
  return { position, writer, seq, seen, inherited: inherited.get(writer) ?? new Map() };
}

/** Undefined where the payload cannot be read: then nobody did anything. */
export function readOperation(
  state: PrimaryState,
  entry: LogEntry,
  header: ChangeHeader,
  operation: OperationHeader,
): Audited | undefined {
  const payload = decodeOperationPayload(entry.sealed.payload);
  if (!payload) return undefined;
  const { author, position } = entry;
  const { id, name, user, wallMs, decision } = operation;
  const replica = askerOf(state, id) ?? author.replica; // A result is its asker's.
  const args: Json = payload.args;
  const code = codeOf(state, operation, args);
  const told = attempt(() => code.declared?.subjects?.(code.args));
  const subjects = 'value' in told ? (told.value ?? []) : [];
  const { mode } = decision;
  const keyed = operation.dedupKey === undefined ? {} : { dedupKey: operation.dedupKey };
  return {
    header,
    operation,
    code,
    summary: {
      id,
      name,
      args,
      replica,
      user,
      mode,
      wallMs,
      position,
      externalised: !!header.effects,
      ...keyed,
    },
    recorded: {
      ...{ id, name, args: code.args, replica, mode, wallMs },
      ...{ user: { id: user, roles: [] }, subjects, ...keyed },
    },
    place: placeOf(state, entry, header),
    update: payload.update,
    thrown: 'thrown' in told ? told.thrown : undefined,
  };
}

/** The primary ran it for a client, alone or as a step; compensations it runs for itself. */
export function isResultOfIntent(state: PrimaryState, { header, operation }: Audited): boolean {
  return header.kind === 'result' && askerOf(state, operation.id) !== undefined;
}

/** For whom the primary runs it, if for anybody. */
function askerOf({ intents, fold }: PrimaryState, id: OperationId): ReplicaId | undefined {
  const step = parseSagaStepId(id);
  return step ? fold.sagas.byId.get(step.saga)?.replica : intents.get(id)?.replica;
}

/** What people chose for a case: an act of theirs, though it is nobody's intent. */
export function isResolution({ header, operation }: Audited): boolean {
  return header.kind === 'result' && isResolutionId(operation.id);
}
