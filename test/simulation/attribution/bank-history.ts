// Random histories of three replicas of one account that meet a log now and then, and everything about
// them by brute force. It shares no code with the engine: pasts are sets, and every subset is tried.
import { Random } from '@causeway/testkit';

/** One change in the log. Edits add nothing: they only lie between. */
export interface BankItem {
  readonly index: number;
  readonly replica: number;
  /** In its replica's chain, from 1 on. */
  readonly seq: number;
  readonly kind: 'payment' | 'edit';
  readonly delta: number;
  /** How much of the log its author had seen. */
  readonly seen: number;
}

export interface BankHistory {
  readonly opening: number;
  /** In commit order: the item at index 0 has position 1. */
  readonly log: readonly BankItem[];
}

const replicas = 3;

/** The history of a seed: withdrawals mostly, as far as the replica's own view allows. */
export function drawHistory(seed: number): BankHistory {
  const random = new Random(seed, 'bank history');
  const opening = random.between(2, 12);
  const log: BankItem[] = [];
  const all = Array.from({ length: replicas }, (_, replica) => {
    return { replica, seq: 0, seen: 0, pending: [] as Omit<BankItem, 'index'>[] };
  });
  for (let step = random.between(10, 24); step > 0; step--) {
    const one = random.pick(all);
    const wish = random.next();
    if (wish < 0.22) {
      for (const item of one.pending.splice(0)) log.push({ ...item, index: log.length });
    } else if (wish < 0.36) {
      if (one.pending.length === 0) one.seen = log.length;
    } else {
      const seen = [...log.slice(0, one.seen), ...one.pending];
      const held = seen.reduce((sum, { delta }) => sum + delta, opening);
      const { kind, delta } = drawChange(random, held);
      if (kind === 'payment' && delta === 0) continue;
      one.seq += 1;
      one.pending.push({ replica: one.replica, seq: one.seq, kind, delta, seen: one.seen });
    }
  }
  for (const { pending } of all) {
    for (const item of pending) log.push({ ...item, index: log.length });
  }
  return { opening, log };
}

function drawChange(random: Random, held: number): Pick<BankItem, 'kind' | 'delta'> {
  const amount = random.between(1, 6);
  const wish = random.next();
  if (wish < 0.15) return { kind: 'edit', delta: 0 };
  if (wish < 0.4) return { kind: 'payment', delta: amount };
  const isCareless = random.chance(0.03); // Old code, or somebody who goes round the check.
  return { kind: 'payment', delta: isCareless ? -amount : -Math.min(amount, Math.max(0, held)) };
}

/** What there is to know of one payment, by trying everything. */
export interface BankTruth {
  readonly item: BankItem;
  /** The deficit before and after its commit. */
  readonly from: number;
  readonly to: number;
  /** Concurrent payments that were committed before it. */
  readonly unseen: readonly number[];
  /** All closed sets of them after which it makes the deficit worse. */
  readonly raising: readonly (readonly number[])[];
  readonly closedSets: number;
  raises(chosen: readonly number[]): boolean;
  isClosed(chosen: readonly number[]): boolean;
  /** Those of `chosen` that had seen `index`. */
  whoSaw(index: number, chosen: readonly number[]): readonly number[];
}

/** Cost: O(2^unseen) per payment. */
export function bankTruth({ opening, log }: BankHistory): readonly BankTruth[] {
  const pasts = pastsOf(log);
  const sumOf = (indices: Iterable<number>): number =>
    [...indices].reduce((sum, index) => sum + (log[index]?.delta ?? 0), opening);
  const deficit = (sum: number): number => Math.max(0, -sum);
  return log.flatMap((item) => {
    if (item.kind !== 'payment') return [];
    const { index, delta } = item;
    const past = pasts[index] ?? new Set();
    const prefix = log.slice(0, index).map((one) => one.index);
    const unseen = prefix.filter((other) => !past.has(other) && log[other]?.kind === 'payment');
    const isClosed = (chosen: readonly number[]): boolean =>
      chosen.every((one) =>
        unseen.every((other) => !pasts[one]?.has(other) || chosen.includes(other)),
      );
    const raises = (chosen: readonly number[]): boolean => {
      const sum = sumOf(new Set([...past, ...chosen]));
      return deficit(sum + delta) > deficit(sum);
    };
    const closed = subsetsOf(unseen).filter(isClosed);
    return [
      {
        ...{ item, unseen, raises, isClosed, closedSets: closed.length },
        from: deficit(sumOf(prefix)),
        to: deficit(sumOf(prefix) + delta),
        raising: closed.filter(raises),
        whoSaw: (one, chosen) => chosen.filter((other) => pasts[other]?.has(one)),
      },
    ];
  });
}

/** True where some causally closed part of the whole history is below 0. */
export function hasViolatingCut({ opening, log }: BankHistory): boolean {
  const pasts = pastsOf(log);
  const chains = Array.from({ length: replicas }, (_, at) =>
    log.filter((one) => one.replica === at),
  );
  const visit = (chain: number, chosen: readonly BankItem[]): boolean => {
    const items = chains[chain];
    if (items) {
      const lengths = Array.from({ length: items.length + 1 }, (_, length) => length);
      return lengths.some((length) => visit(chain + 1, [...chosen, ...items.slice(0, length)]));
    }
    const has = new Set(chosen.map(({ index }) => index));
    const isClosed = [...has].every((one) =>
      [...(pasts[one] ?? [])].every((seen) => has.has(seen)),
    );
    return isClosed && chosen.reduce((sum, { delta }) => sum + delta, opening) < 0;
  };
  return visit(0, []);
}

/** What each author had seen, directly and through what it had seen. */
function pastsOf(log: readonly BankItem[]): readonly ReadonlySet<number>[] {
  const pasts: Set<number>[] = [];
  for (const { index, replica, seq, seen } of log) {
    const direct = log.filter(
      (one) => one.index < seen || (one.replica === replica && one.seq < seq),
    );
    pasts[index] = new Set(direct.flatMap((one) => [one.index, ...(pasts[one.index] ?? [])]));
  }
  return pasts;
}

function subsetsOf(list: readonly number[]): readonly (readonly number[])[] {
  let subsets: (readonly number[])[] = [[]];
  for (const one of list) subsets = [...subsets, ...subsets.map((subset) => [...subset, one])];
  return subsets;
}
