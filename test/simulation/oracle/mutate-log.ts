// Logs that are wrong in one way each, made from right ones: a check that never failed is no check.
import type { ChangeHeader, ChangeKind, Fact, Json, LogEntry, OperationId } from '@causeway/core';
import {
  decodeFacts,
  decodeHeader,
  decodeOperationPayload,
  encodeFacts,
  encodeHeader,
  encodeOperationPayload,
} from '@causeway/core';
import { must } from './small-log.ts';

export type Log = readonly LogEntry[];

/** A wrong log, or undefined where there is nothing in this one to make wrong. */
export type Mutate = (log: Log) => Log | undefined;

/** Replaces the first fact for which `change` gives others; none of them drops it. */
export function changeFact(log: Log, change: (fact: Fact) => readonly Fact[] | undefined) {
  return changeFacts(log, (facts) => {
    for (const [at, fact] of facts.entries()) {
      const changed = change(fact);
      if (changed) return facts.toSpliced(at, 1, ...changed);
    }
    return undefined;
  });
}

/** Replaces the facts of the first coordination entry for which `change` gives others. */
export function changeFacts(
  log: Log,
  change: (facts: readonly Fact[], at: LogEntry) => readonly Fact[] | undefined,
): Log | undefined {
  for (const [index, entry] of log.entries()) {
    if (kindOf(entry) !== 'coordination') continue;
    const facts = change(factsOf(entry), entry);
    if (facts) return log.toSpliced(index, 1, withFacts(entry, facts));
  }
  return undefined;
}

/** Puts a fact in front of the others of the first, or the last, coordination entry. */
export function addFact(log: Log, fact: Fact, where: 'first' | 'last' = 'first') {
  const found = (where === 'first' ? log : log.toReversed()).find(
    (entry) => kindOf(entry) === 'coordination',
  );
  return changeFacts(log, (facts, at) => (at === found ? [fact, ...facts] : undefined));
}

/** Replaces the first entry for which `change` gives another. */
export function changeEntry(
  log: Log,
  change: (entry: LogEntry, header: ChangeHeader) => LogEntry | undefined,
): Log | undefined {
  for (const [index, entry] of log.entries()) {
    const changed = change(entry, headerOf(entry));
    if (changed) return log.toSpliced(index, 1, changed);
  }
  return undefined;
}

/** Gives every entry the position of its place. Contexts stay as they are. */
export function renumber(log: Log): Log {
  return log.map((entry, index) => ({ ...entry, position: index + 1 }));
}

export const headerOf = (entry: LogEntry): ChangeHeader => must(decodeHeader(entry.sealed.header));
export const kindOf = (entry: LogEntry) => headerOf(entry).kind;
export const factsOf = (entry: LogEntry) => must(decodeFacts(entry.sealed.payload));

export function withHeader(entry: LogEntry, header: ChangeHeader): LogEntry {
  return { ...entry, sealed: { ...entry.sealed, header: encodeHeader(header) } };
}

export function withFacts(entry: LogEntry, facts: readonly Fact[]): LogEntry {
  return { ...entry, sealed: { ...entry.sealed, payload: encodeFacts(facts) } };
}

/** The first entry of that kind that stands under an operation id. */
export function entryOf(log: Log, kind: ChangeKind, id: OperationId): LogEntry | undefined {
  return log.find((entry) => {
    const header = headerOf(entry);
    return header.kind === kind && header.operation?.id === id;
  });
}

export function argsOf(entry: LogEntry): Json {
  return must(decodeOperationPayload(entry.sealed.payload)).args;
}

export function withArgs(entry: LogEntry, args: Json): LogEntry {
  const { update } = must(decodeOperationPayload(entry.sealed.payload));
  const payload = encodeOperationPayload({ args, update });
  return { ...entry, sealed: { ...entry.sealed, payload } };
}

/** Of what had happened on a device, not of what was asked of the primary. */
export function isRefusedOperation(log: Log, fact: Fact): boolean {
  return fact.fact === 'refused' && entryOf(log, 'operation', fact.operation) !== undefined;
}
