// The naive twin of a ledger of rights: it keeps what was granted, taken back and counted, and recounts.
// It shares no arithmetic with the ledger: not its pool, its debt or what is left of a grant.
import type { GrantId, GrantOrder, Spend, SpendOutcome } from '@causeway/core';

interface KnownGrant {
  readonly amount: number;
  /** Which operation's spend counts, by number. */
  readonly spentBy: Map<number, string>;
  state: 'open' | 'reclaimed' | 'closed';
}

export class EscrowOracle {
  value: number;
  private readonly grants = new Map<GrantId, KnownGrant>();

  constructor(value: number) {
    this.value = value;
  }

  granted({ id, amount }: GrantOrder): void {
    if (this.grants.has(id)) throw new Error(`${id} was granted twice`);
    this.grants.set(id, { amount, spentBy: new Map(), state: 'open' });
  }

  ended(id: GrantId, state: 'reclaimed' | 'closed'): void {
    this.of(id).state = state;
  }

  /** What the ledger answered to a spend must fit what counted before; then it counts here, too. */
  judged({ operation, rows }: Spend, outcome: SpendOutcome): void {
    const numbers = rows.flatMap(({ grant, from, amount }) =>
      Array.from({ length: amount }, (_, at) => ({ grant: this.of(grant), number: from + at })),
    );
    const owners = numbers.map(({ grant, number }) => grant.spentBy.get(number));
    if (outcome.type === 'duplicate' && owners.some((owner) => owner !== operation)) {
      throw new Error(`${operation} did not count before`);
    }
    if (outcome.type !== 'spent') return;
    if (owners.some((owner) => owner !== undefined)) throw new Error(`${operation} spends again`);
    for (const { grant, number } of numbers) {
      if (number < 0 || number >= grant.amount) throw new Error(`there is no number ${number}`);
      grant.spentBy.set(number, operation);
    }
    this.value -= numbers.length;
  }

  /** The value once everything that may still be spent, and would count, has come in. */
  lowest(o: { readonly countsLate: boolean }): number {
    let lowest = this.value;
    for (const { state, amount, spentBy } of this.grants.values()) {
      const mayCome = state === 'open' || (state === 'reclaimed' && o.countsLate);
      if (mayCome) lowest -= amount - spentBy.size;
    }
    return lowest;
  }

  private of(id: GrantId): KnownGrant {
    const grant = this.grants.get(id);
    if (!grant) throw new Error(`${id} was never granted`);
    return grant;
  }
}
