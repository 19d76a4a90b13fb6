// What the primary said, where it said it, and on which state: read from the log before it is replayed.
import type { ChangeHeader } from '../causality/change.ts';
import { decodeHeader } from '../causality/change-codec.ts';
import type { LogEntry } from '../causality/log-entry.ts';
import type { Fact, RefusedFact, StaleFact } from '../coordination/facts.ts';
import { decodeFacts } from '../coordination/facts.ts';
import type { OperationId } from '../identity.ts';

/** One append of the primary: a coordination entry, and what came right before it with it. */
export interface RecordedAnswer {
  readonly position: number;
  /** The primary had read the log up to here, and nothing named came between. */
  readonly judgedAt: number;
  readonly facts: readonly Fact[];
  /** The result in the same append, where there is one. */
  readonly result: ChangeHeader | undefined;
}

export interface RecordedWord {
  readonly answersAt: ReadonlyMap<number, readonly RecordedAnswer[]>;
  readonly verdicts: ReadonlyMap<OperationId, RefusedFact | StaleFact>;
}

/** Cost: O(log), once. */
export function readRecorded(entries: Iterable<LogEntry>): RecordedWord {
  const answersAt = new Map<number, RecordedAnswer[]>();
  const verdicts = new Map<OperationId, RefusedFact | StaleFact>();
  let result: { readonly header: ChangeHeader; readonly entry: LogEntry } | undefined;
  for (const entry of entries) {
    const header = decodeHeader(entry.sealed.header);
    if (header?.kind === 'result') result = { header, entry };
    if (header?.kind !== 'coordination') continue;
    const facts = decodeFacts(entry.sealed.payload) ?? [];
    const judgedAt = header.context.position;
    const isTogether =
      result?.entry.author.writer === entry.author.writer && result.entry.seq === entry.seq - 1;
    const answer = { position: entry.position, judgedAt, facts, result: result?.header };
    const answers = answersAt.get(judgedAt) ?? [];
    answersAt.set(judgedAt, answers);
    answers.push(isTogether ? answer : { ...answer, result: undefined });
    for (const fact of facts) {
      if (fact.fact === 'refused' || fact.fact === 'stale') verdicts.set(fact.operation, fact);
    }
  }
  return { answersAt, verdicts };
}
