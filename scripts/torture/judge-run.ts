// Is a log what its clients were told? Everything is compared with the receipts, and the money with a
// model of its own that knows nothing of the engine: it adds up the committed operations in order.
import { feeCents, openingAccount, openingCents } from '@causeway/demo/bank';
import type { BookedOperation } from './operation-book.ts';

/** What `causeway inspect --json` prints of a document, as far as it is looked at here. */
export interface InspectedDocument {
  readonly document: string;
  readonly epoch: number;
  readonly position: number;
  readonly entries: readonly InspectedEntry[];
  readonly cases: readonly { readonly id: string; readonly state: string }[];
  readonly vector: Readonly<Record<string, number>>;
}
export interface InspectedEntry {
  readonly position: number;
  readonly writer: string;
  readonly seq: number;
  readonly kind: string;
  readonly operation?: { readonly id: string; readonly name: string; readonly args: unknown };
  readonly outcome?: string;
}

/** What a client shows of a document once everything has settled. */
export interface SettledReplica {
  readonly client: string;
  readonly pending: number;
  readonly balance: Readonly<Record<string, number>>;
  readonly owed: Readonly<Record<string, number>>;
  readonly vector: Readonly<Record<string, number>>;
  /** A hash of everything that the document's library holds. */
  readonly content: string;
}

export interface RunEvidence {
  readonly log: InspectedDocument;
  readonly operations: readonly BookedOperation[];
  readonly replicas: readonly SettledReplica[];
  readonly actsByKey: ReadonlyMap<string, number>;
}

/** Every way in which the evidence of one document contradicts a promise. Cost: O(entries). */
export function judgeRun(evidence: RunEvidence): readonly string[] {
  const found = [
    ...judgePlaces(evidence),
    ...judgeChains(evidence.log),
    ...judgeCases(evidence.log),
    ...judgeActs(evidence),
    ...judgeReplicas(evidence),
  ];
  return found.map((violation) => `${evidence.log.document}: ${violation}`);
}

/** Saved: exactly once in the log. Committed: where it was said to be. Refused: nowhere. */
function judgePlaces({ log, operations }: RunEvidence): readonly string[] {
  const found: string[] = [];
  const entriesById = new Map<string, InspectedEntry[]>();
  for (const entry of log.entries) {
    if (entry.kind !== 'operation') continue;
    const id = entry.operation?.id ?? '';
    entriesById.set(id, [...(entriesById.get(id) ?? []), entry]);
  }
  for (const operation of operations) {
    const entries = entriesById.get(operation.id) ?? [];
    entriesById.delete(operation.id);
    found.push(...judgePlace(log.epoch, operation, entries));
  }
  for (const id of entriesById.keys()) found.push(`nobody knows operation ${id} of the log`);
  return found;
}

function judgePlace(
  epoch: number,
  operation: BookedOperation,
  entries: readonly InspectedEntry[],
): readonly string[] {
  const [first] = entries;
  const told = `${operation.id} of ${operation.client} (saved: ${operation.isSaved}, committed: ${operation.committed})`;
  const places = entries.map(({ position }) => `${epoch}.${position}`);
  const isPromised = operation.isSaved || operation.committed !== undefined;
  if (!first) return isPromised ? [`lost: ${told} is not in the log`] : [];
  if (!isPromised) return [`${told} was refused and is in the log at ${places}`];
  if (entries.length > 1) return [`duplicated: ${told} is in the log at ${places.join(' and ')}`];
  if (operation.committed === undefined) return [`never acknowledged: ${told}, at ${places}`];
  if (operation.committed !== places[0]) return [`moved: ${told} is in the log at ${places}`];
  const outcome = first.outcome?.split(' ')[0];
  return outcome === operation.outcome
    ? []
    : [`${told}: told ${operation.outcome}, log ${outcome}`];
}

/** Positions without a gap, and each writer's changes in order, once. */
function judgeChains(log: InspectedDocument): readonly string[] {
  const found: string[] = [];
  const seqs = new Map<string, number>();
  for (const [index, { position, writer, seq }] of log.entries.entries()) {
    if (position !== index + 1) found.push(`entry ${index + 1} is at position ${position}`);
    const expected = (seqs.get(writer) ?? 0) + 1;
    if (seq !== expected) found.push(`${writer} ${seq} at ${position} instead of ${expected}`);
    seqs.set(writer, seq);
  }
  if (log.position !== log.entries.length) found.push(`the head is at ${log.position}`);
  return [...found, ...compare('the roster', log.vector, Object.fromEntries(seqs))];
}

/** Each case is closed, and mended at most once. */
function judgeCases(log: InspectedDocument): readonly string[] {
  const results = log.entries.filter(({ kind }) => kind === 'result');
  const mended = results.map(({ operation }) => caseOf(operation?.args));
  const open = log.cases.filter(({ state }) => state !== 'compensated' && state !== 'healed');
  return [
    ...open.map(({ id, state }) => `case ${id} is still ${state}`),
    ...log.cases
      .map(({ id }) => [id, mended.filter((one) => one === id).length] as const)
      .filter(([, times]) => times > 1)
      .map(([id, times]) => `case ${id} was compensated ${times} times`),
  ];
}

function judgeActs({ operations, actsByKey }: RunEvidence): readonly string[] {
  return operations.flatMap(({ id, isSaved }) => {
    const times = actsByKey.get(`${id}:0`) ?? 0;
    if (times > 1) return [`the act of ${id} was done ${times} times`];
    return times === 1 && !isSaved ? [`the act of ${id} was done, and it was never saved`] : [];
  });
}

function judgeReplicas({ log, replicas }: RunEvidence): readonly string[] {
  const [first] = replicas;
  const model = addUp(log.entries);
  return replicas.flatMap((replica) => [
    ...(replica.pending > 0 ? [`${replica.client} has ${replica.pending} pending`] : []),
    ...compare(`the balance at ${replica.client}`, replica.balance, model.balance),
    ...compare(`what is owed at ${replica.client}`, replica.owed, model.owed),
    ...compare(`the vector of ${replica.client}`, replica.vector, log.vector),
    ...(replica.content === first?.content
      ? []
      : [`${replica.client} holds another document than ${first?.client}`]),
  ]);
}

interface Money {
  readonly balance: Record<string, number>;
  readonly owed: Record<string, number>;
}

/** The naive model: deposits, withdrawals, and what a compensation owes and costs. */
export function addUp(entries: readonly InspectedEntry[]): Money {
  const balance: Record<string, number> = { [openingAccount]: openingCents };
  const owed: Record<string, number> = {};
  const add = (to: Record<string, number>, account: string, cents: number): void => {
    to[account] = (to[account] ?? 0) + cents;
  };
  for (const { kind, operation, outcome } of entries) {
    if (!operation || outcome?.startsWith('refused')) continue;
    const args = operation.args as Readonly<Record<string, unknown>>;
    if (kind === 'operation') {
      const sign = operation.name === 'deposit' ? 1 : -1;
      add(balance, String(args['account']), sign * Number(args['cents']));
    }
    if (kind !== 'result') continue;
    const account = String(args['key']);
    const deficit = Math.max(0, -(balance[account] ?? 0) - (owed[account] ?? 0));
    add(balance, account, -feeCents);
    add(owed, account, deficit + feeCents);
  }
  return { balance, owed };
}

function caseOf(args: unknown): unknown {
  return (args as { readonly case?: unknown } | undefined)?.case;
}

/** Names that are 0, or missing, are the same. */
function compare(
  what: string,
  found: Readonly<Record<string, number>>,
  expected: Readonly<Record<string, number>>,
): readonly string[] {
  const names = new Set([...Object.keys(found), ...Object.keys(expected)]);
  return [...names]
    .filter((name) => (found[name] ?? 0) !== (expected[name] ?? 0))
    .map((name) => `${what}: ${name} is ${found[name] ?? 0}, the log says ${expected[name] ?? 0}`);
}
