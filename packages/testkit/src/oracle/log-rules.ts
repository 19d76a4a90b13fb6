// What every log keeps to, whatever the application: named checks, each as naive as its sentence.
import type { History, HistoryEntry } from './history.ts';
import type { CheckName } from './problem.ts';
import { problem } from './problem.ts';

interface LogRule {
  readonly name: CheckName;
  readonly find: (entries: readonly HistoryEntry[]) => readonly string[];
}

/** Every broken rule of the log itself, as `rule: sentence`. Cost: O(entries). */
export function findBrokenLogRules({ entries, problems }: History): readonly string[] {
  const found = logRules.flatMap(({ name, find }) =>
    find(entries).map((text) => problem(name, text)),
  );
  return [...problems, ...found];
}

/** In the order in which a reader would look. */
export const logRules: readonly LogRule[] = [
  { name: 'no-gap', find: positionsWithGaps },
  { name: 'writer-sequence', find: writersWithGaps },
  { name: 'one-writer', find: sharedNames },
  { name: 'one-commit-per-id', find: doubledOperations },
  { name: 'saw-only-earlier', find: contextsFromTheFuture },
  { name: 'dots-committed', find: danglingDots },
];

function positionsWithGaps(entries: readonly HistoryEntry[]): readonly string[] {
  return entries.flatMap(({ position }, index) =>
    position === index + 1 ? [] : [`entry ${index + 1} has position ${position}`],
  );
}

function writersWithGaps(entries: readonly HistoryEntry[]): readonly string[] {
  const lastByWriter = new Map<string, number>();
  return entries.flatMap(({ position, author, seq }) => {
    const last = lastByWriter.get(author.writer) ?? 0;
    lastByWriter.set(author.writer, seq);
    if (seq === last + 1) return [];
    return [`at ${position} writer ${author.writer} is at ${seq}, after ${last}`];
  });
}

/** A writer has one replica and one client id for ever, and a client id has one writer. */
function sharedNames(entries: readonly HistoryEntry[]): readonly string[] {
  const recordByWriter = new Map<string, string>();
  const writerByClient = new Map<number, string>();
  return entries.flatMap(({ position, author }) => {
    const { writer, replica, clientId } = author;
    const record = `replica ${replica} with client id ${clientId}`;
    const known = recordByWriter.get(writer) ?? record;
    const owner = writerByClient.get(clientId) ?? writer;
    recordByWriter.set(writer, known);
    writerByClient.set(clientId, owner);
    return [
      ...(known === record
        ? []
        : [`at ${position} writer ${writer} is ${record}, before ${known}`]),
      ...(owner === writer ? [] : [`at ${position} ${writer} uses the client id of ${owner}`]),
    ];
  });
}

function doubledOperations(entries: readonly HistoryEntry[]): readonly string[] {
  const positionByName = new Map<string, number>();
  return entries.flatMap(({ position, header, named }) => {
    if (!named || header.kind === 'intent') return [];
    const name = `${header.kind} ${named.id}`;
    const first = positionByName.get(name);
    if (first === undefined) positionByName.set(name, position);
    return first === undefined ? [] : [`${name} is at ${first} and again at ${position}`];
  });
}

function contextsFromTheFuture(entries: readonly HistoryEntry[]): readonly string[] {
  return entries
    .filter(({ position, header }) => header.context.position >= position)
    .map(({ position, header }) => `the author at ${position} saw ${header.context.position}`);
}

function danglingDots(entries: readonly HistoryEntry[]): readonly string[] {
  const committed = new Set<string>();
  return entries.flatMap(({ position, author, seq, header }) => {
    const missing = header.context.dots.filter((dot) => !committed.has(`${dot.writer} ${dot.seq}`));
    committed.add(`${author.writer} ${seq}`);
    return missing.map(
      (dot) => `the author at ${position} saw ${dot.writer} ${dot.seq} before it was`,
    );
  });
}
