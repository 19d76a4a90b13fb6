// The engine's explanations of random bank histories, against brute force: by arithmetic here, through
// real documents in bank-primary.ts.
import {
  type CausalPlace,
  closedSets,
  explain,
  leastClosedSet,
  minimise,
  parseWriterId,
  type WriterId,
} from '@causeway/core';
import type { BankHistory, BankItem, BankTruth } from './bank-history.ts';
import { bankTruth, drawHistory, hasViolatingCut } from './bank-history.ts';

export function writerOf(replica: number): WriterId {
  const writer = parseWriterId(String(replica + 1).repeat(32));
  if (!writer) throw new Error('no writer id');
  return writer;
}

export function placeOf({ index, replica, seq, seen }: BankItem): CausalPlace {
  const inherited: ReadonlyMap<WriterId, number> = new Map();
  return { position: index + 1, writer: writerOf(replica), seq, seen, inherited };
}

/** Why this is no 1-minimal explanation of a payment; empty where it is one. By brute force. */
export function whyNotMinimal(truth: BankTruth, kept: readonly number[]): readonly string[] {
  const spare = kept.filter((one) => {
    const gone = [one, ...truth.whoSaw(one, kept)];
    return truth.raises(kept.filter((other) => !gone.includes(other)));
  });
  return [
    ...(truth.isClosed(kept) ? [] : ['it is not closed']),
    ...(truth.raises(kept) ? [] : ['it does not explain']),
    ...spare.map((one) => `${one} can be left out`),
  ];
}

export interface Explained {
  readonly problems: readonly string[];
  readonly counts: Readonly<Record<string, number>>;
}

/** Explains the history of a seed by arithmetic, and says what is wrong. */
export function explainHistory(seed: number): Explained {
  const history = drawHistory(seed);
  const problems: string[] = [];
  const counts: Record<string, number> = {};
  const count = (what: string): void => {
    counts[what] = (counts[what] ?? 0) + 1;
  };
  let isFlagged = false;
  for (const truth of bankTruth(history)) {
    const { item, from, to } = truth;
    const say = (what: string): void => void problems.push(`seed ${seed}, ${item.index}: ${what}`);
    const places = truth.unseen.map((index) => placeOf(itemAt(history, index)));
    const toItems = (kept: readonly number[]): readonly number[] =>
      kept.map((one) => truth.unseen[one] ?? -1);
    const raises = (kept: readonly number[]): boolean => truth.raises(toItems(kept));
    const sets = closedSets(places, 1_000_000) ?? [];
    if (sets.length !== truth.closedSets || !sets.every((set) => truth.isClosed(toItems(set)))) {
      say(`${sets.length} closed sets instead of ${truth.closedSets}`);
    }
    const items = places.map((place, at) => {
      return { place, weight: itemAt(history, truth.unseen[at] ?? -1).delta };
    });
    const least = leastClosedSet(items);
    if (!truth.isClosed(toItems(least))) say('the least set is not closed');
    if (raises(least) !== truth.raising.length > 0) say('possible is not what brute force finds');
    if (truth.raising.length > 0) isFlagged = true;
    if (to > from) {
      const kept = explain(places, raises);
      if (!kept) {
        say('it has no explanation');
        continue;
      }
      count(kept.length === 0 ? 'local' : 'concurrent');
      if ((kept.length === 0) !== truth.raises([])) say('the fault is another one');
      for (const why of whyNotMinimal(truth, toItems(kept))) say(why);
      const isLeast = truth.raising.every(
        (set) => set.length >= kept.length || !set.every((one) => toItems(kept).includes(one)),
      );
      if (!isLeast) count('with a smaller explanation inside');
      if (kept.length > 0 && whyNotMinimal(truth, toItems(onePass(places, raises))).length > 0) {
        count('not minimal after one pass');
      }
    } else if (truth.raising.length > 0) {
      count('possible');
      const found = minimise(places, least, raises);
      for (const why of whyNotMinimal(truth, toItems(found))) say(`possible: ${why}`);
    }
  }
  if (hasViolatingCut(history)) count('histories with a violating cut');
  if (hasViolatingCut(history) !== isFlagged) problems.push(`seed ${seed}: cuts and flags differ`);
  return { problems, counts };
}

/** What the engine must not do: go over the operations once. */
function onePass(
  places: readonly CausalPlace[],
  raises: (kept: readonly number[]) => boolean,
): readonly number[] {
  let kept = places.map((_, index) => index);
  for (const index of kept.toReversed()) {
    const place = places[index];
    const rest = kept.filter((other) => {
      const later = places[other];
      const saw =
        place &&
        later &&
        (later.writer === place.writer ? later.seq > place.seq : later.seen >= place.position);
      return other !== index && !saw;
    });
    if (rest.length < kept.length && raises(rest)) kept = rest;
  }
  return kept;
}

export function itemAt({ log }: BankHistory, index: number): BankItem {
  const item = log[index];
  if (!item) throw new Error(`there is no item ${index}`);
  return item;
}

/** Adds up what several histories gave. */
export function addUp(results: readonly Explained[]): Explained {
  const counts: Record<string, number> = {};
  for (const result of results) {
    for (const [what, n] of Object.entries(result.counts)) counts[what] = (counts[what] ?? 0) + n;
  }
  return { problems: results.flatMap(({ problems }) => problems), counts };
}
