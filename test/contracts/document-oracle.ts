// What must a replica show? The naive twin of the contended types: it keeps every fact it was told,
// and recounts from the beginning whenever it is asked.
import type { OperationId, Verdict } from '@causeway/core';

/** What an operation does, as drawn. */
export type Act =
  | { readonly act: 'add'; readonly key: string; readonly by: number }
  | { readonly act: 'put'; readonly key: string; readonly value: number }
  | { readonly act: 'delete'; readonly key: string }
  | { readonly act: 'claim'; readonly slots: readonly [string, ...string[]]; readonly who: string }
  | { readonly act: 'release'; readonly nth: number }
  | { readonly act: 'set'; readonly key: string; readonly value: number };

/** What it comes to where it runs: the choice of a slot, and the tags that are seen, are made there. */
type Fact =
  | { readonly fact: 'sum'; readonly key: string; readonly by: number }
  | { readonly fact: 'tag'; readonly key: string; readonly value: number }
  | { readonly fact: 'removal'; readonly tags: readonly string[] }
  | {
      readonly fact: 'claim';
      readonly slots: readonly string[];
      readonly picked: string;
      readonly who: string;
    }
  | { readonly fact: 'release'; readonly claim: string }
  | {
      readonly fact: 'setting';
      readonly key: string;
      readonly value: number;
      readonly seen: readonly string[];
    };

type Entry = Fact & { readonly id: string; readonly of: Known; readonly index: number };

/** An operation with all that it wrote. Positions differ per replica. */
export interface Known {
  readonly operation: OperationId;
  readonly facts: readonly Fact[];
}

export interface ShownClaim {
  readonly id: string;
  readonly who: string;
  readonly slot: string | undefined;
  readonly verdict: string;
}

const rootOf = {
  ...{ sum: 'balance', tag: 'tags', removal: 'tags', claim: 'slots', release: 'slots' },
  setting: 'field',
};

/** Everything one replica was told. */
export class ReplicaOracle {
  readonly known: Known[] = [];
  readonly positionsById = new Map<string, number>();
  readonly verdicts: Verdict[] = [];

  /** Resolves acts against what this replica shows now, and remembers them as tentative. */
  run(operation: OperationId, acts: readonly Act[]): Known {
    const facts: Fact[] = [];
    const running = { operation, facts };
    this.known.push(running);
    for (const act of acts) {
      const fact = this.resolve(act);
      if (fact) facts.push(fact);
    }
    return running;
  }

  forget(known: Known): void {
    this.known.splice(this.known.indexOf(known), 1);
  }

  learn(known: Known, position: number): void {
    const isNew = this.known.every(({ operation }) => operation !== known.operation);
    if (isNew) this.known.push(known);
    this.positionsById.set(known.operation, position);
  }

  /** Exact, where a sum of numbers would round on the way. */
  sums(): ReadonlyMap<string, bigint> {
    const sums = new Map([['initial', 100n]]);
    for (const entry of this.standing()) {
      if (entry.fact === 'sum') sums.set(entry.key, (sums.get(entry.key) ?? 0n) + BigInt(entry.by));
    }
    return sums;
  }

  tags(key: string): readonly (Entry & { fact: 'tag' })[] {
    const removed = new Set(
      this.standing().flatMap((entry) => (entry.fact === 'removal' ? entry.tags : [])),
    );
    return this.standing()
      .filter((entry) => entry.fact === 'tag')
      .filter((tag) => tag.key === key && !removed.has(tag.id))
      .sort((a, b) => this.compare(a, b) || (a.of.operation < b.of.operation ? -1 : 1));
  }

  /** Each value once, in the order of the first of its settings that nothing standing leads past. */
  values(key: string): readonly number[] {
    return [...new Set(this.settings(key).map(({ value }) => value))];
  }

  private settings(key: string): readonly (Entry & { fact: 'setting' })[] {
    const all = this.entries()
      .filter((entry) => entry.fact === 'setting')
      .filter((setting) => setting.key === key);
    const standing = new Set(this.standing().map(({ id }) => id));
    const past = new Set<string>();
    const look = (id: string): void => {
      for (const seen of all.find((setting) => setting.id === id)?.seen ?? []) {
        if (!past.has(seen)) look(seen);
        past.add(seen);
      }
    };
    for (const { id } of all) if (standing.has(id)) look(id);
    return all
      .filter(({ id }) => standing.has(id) && !past.has(id))
      .sort((a, b) => this.compare(a, b) || (a.of.operation < b.of.operation ? -1 : 1));
  }

  claims(): readonly ShownClaim[] {
    const released = new Set(
      this.standing().flatMap((entry) => (entry.fact === 'release' ? [entry.claim] : [])),
    );
    return this.entries()
      .filter((entry) => entry.fact === 'claim' && !released.has(entry.id))
      .sort((a, b) => this.compare(a, b) || this.arrival(a) - this.arrival(b))
      .flatMap((entry) => (entry.fact === 'claim' ? [this.show(entry)] : []));
  }

  holders(slot: string): readonly string[] {
    return this.claims()
      .filter((claim) => claim.slot === slot)
      .map(({ id }) => id);
  }

  private resolve(act: Act): Fact | undefined {
    switch (act.act) {
      case 'add':
        return { fact: 'sum', key: act.key, by: act.by };
      case 'put':
        return { fact: 'tag', key: act.key, value: act.value };
      case 'delete': {
        const tags = this.tags(act.key).map(({ id }) => id);
        return tags.length > 0 ? { fact: 'removal', tags } : undefined;
      }
      case 'claim': {
        const free = act.slots.find((slot) => this.holders(slot).length === 0);
        return { fact: 'claim', slots: act.slots, picked: free ?? act.slots[0], who: act.who };
      }
      case 'release': {
        const claim = this.nthClaim(act.nth);
        return claim === undefined ? undefined : { fact: 'release', claim };
      }
      case 'set': {
        const seen = this.settings(act.key).map(({ id }) => id);
        return { fact: 'setting', key: act.key, value: act.value, seen };
      }
    }
  }

  /** The claim that `release` number `nth` means, chosen alike by the test and by the oracle. */
  nthClaim(nth: number): string | undefined {
    const ids = this.claims()
      .map(({ id }) => id)
      .sort();
    return ids.length > 0 ? ids[nth % ids.length] : undefined;
  }

  private show(claim: Entry & { fact: 'claim' }): ShownClaim {
    const verdict = this.verdictOn(claim);
    const shown = verdict?.verdict ?? 'tentative';
    const slot = verdict?.verdict === 'moved' ? verdict.slot : claim.picked;
    return {
      id: claim.id,
      who: claim.who,
      slot: shown === 'void' ? undefined : slot,
      verdict: shown,
    };
  }

  private entries(): readonly Entry[] {
    return this.known.flatMap((of) =>
      of.facts.map((fact, at) => {
        const earlier = of.facts
          .slice(0, at)
          .filter((one) => rootOf[one.fact] === rootOf[fact.fact]);
        const index = earlier.length;
        return { ...fact, of, index, id: index === 0 ? of.operation : `${of.operation}#${index}` };
      }),
    );
  }

  private standing(): readonly Entry[] {
    return this.entries().filter((entry) => this.verdictOn(entry)?.verdict !== 'void');
  }

  private verdictOn(entry: Entry): Verdict | undefined {
    const last = (matches: (verdict: Verdict) => boolean): Verdict | undefined =>
      this.verdicts.findLast(
        (verdict) => verdict.operation === entry.of.operation && matches(verdict),
      );
    const root = rootOf[entry.fact];
    const ofOperation = last((verdict) => verdict.root === undefined);
    if (ofOperation?.verdict === 'void') return ofOperation;
    const ofEntry = last((verdict) => verdict.root === root && verdict.entry === entry.id);
    const ofRoot = last((verdict) => verdict.root === root && verdict.entry === undefined);
    return ofEntry ?? ofRoot ?? (ofOperation?.verdict === 'ok' ? ofOperation : undefined);
  }

  private compare(a: Entry, b: Entry): number {
    const place = (entry: Entry): number =>
      this.positionsById.get(entry.of.operation) ?? Number.MAX_SAFE_INTEGER;
    return place(a) - place(b) || (a.of === b.of ? a.index - b.index : 0);
  }

  private arrival(entry: Entry): number {
    return this.known.indexOf(entry.of);
  }
}
