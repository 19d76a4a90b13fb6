// Random histories of replicas that are cut off from each other, with rights and without. Every causally
// closed cut of a history is a state that somebody could have seen: does the bound hold in it?
import {
  allotRights,
  type Bounds,
  credit,
  draw,
  emptyEscrowFold,
  foldEscrowFact,
  type GrantId,
  giveBack,
  grantRights,
  grantsHeld,
  type HeldRow,
  type Holding,
  type OperationId,
  openRights,
  type ReplicaId,
  type RightsFact,
  type RightsLedger,
  refillAmount,
  spendRights,
} from '@causeway/core';
import { Random } from '@causeway/testkit';

const place = { root: 'stock', key: 'seats' };
const bounds: Bounds = { min: 0, reclaim: 'firm' };

/** One change or fact in its author's chain; the last chain is the primary's. */
interface Item {
  readonly chain: number;
  readonly delta: number;
  readonly fact?: RightsFact;
  readonly operation: OperationId;
  readonly rows: readonly HeldRow[];
  /** How much of the log its author had seen. */
  readonly seen: number;
}

interface Replica {
  readonly id: ReplicaId;
  readonly chain: number;
  rows: readonly HeldRow[];
  readonly pending: Item[];
  fold: ReturnType<typeof emptyEscrowFold>;
  pulled: number;
  isOnline: boolean;
}

export interface HistoryResult {
  readonly cuts: number;
  readonly violatingCuts: number;
  readonly offlineSpends: number;
  /** Spends that found no rights, or a value that they would have broken here. */
  readonly refused: number;
}

/** Plays the history of a seed and evaluates all its cuts. */
export function playHistory(seed: number, o: { readonly hasEscrow: boolean }): HistoryResult {
  const history = new History(new Random(seed, 'escrow history'), o.hasEscrow);
  history.play();
  return history.evaluate();
}

/** Plays the histories of the seeds from 1 on and adds up what was found. */
export function playHistories(histories: number, o: { readonly hasEscrow: boolean }) {
  const results = Array.from({ length: histories }, (_, at) => playHistory(at + 1, o));
  const total = (of: (result: HistoryResult) => number): number =>
    results.reduce((sum, result) => sum + of(result), 0);
  return {
    histories,
    violated: results.filter(({ violatingCuts }) => violatingCuts > 0).length,
    cuts: total(({ cuts }) => cuts),
    violatingCuts: total(({ violatingCuts }) => violatingCuts),
    withOfflineSpends: results.filter(({ offlineSpends }) => offlineSpends > 0).length,
    offlineSpends: total(({ offlineSpends }) => offlineSpends),
    refused: total(({ refused }) => refused),
  };
}

class History {
  private readonly random: Random;
  private readonly hasEscrow: boolean;
  private readonly start: number;
  private readonly ledger: RightsLedger;
  private readonly replicas: readonly Replica[];
  private readonly chains: Item[][];
  private readonly log: Item[] = [];
  private count = 0;
  private offlineSpends = 0;
  private refused = 0;

  constructor(random: Random, hasEscrow: boolean) {
    this.random = random;
    this.hasEscrow = hasEscrow;
    this.start = random.between(2, 14);
    this.ledger = openRights(bounds, this.start);
    this.replicas = Array.from({ length: random.between(3, 4) }, (_, chain) => ({
      id: `replica ${chain}` as ReplicaId,
      chain,
      rows: [],
      pending: [],
      fold: emptyEscrowFold(),
      pulled: 0,
      isOnline: true,
    }));
    this.chains = [...this.replicas.map(() => []), []];
  }

  /** Draws the same numbers with and without escrow: both see the same wishes and the same cuts. */
  play(): void {
    // Rights are given while connected; then the cuts come.
    for (const replica of this.replicas) this.meet(replica, this.random.between(2, 4));
    for (const replica of this.replicas) replica.isOnline = this.random.chance(0.5);
    for (let step = this.random.between(16, 30); step > 0; step--) {
      const replica = this.random.pick(this.replicas);
      const wish = this.random.next();
      const amount = this.random.between(1, 3);
      if (wish < 0.15) replica.isOnline = !replica.isOnline;
      else if (wish < 0.25) this.add(replica, amount);
      else if (wish < 0.6) this.spend(replica, amount);
      else if (wish < 0.68) this.drawAtPrimary(amount);
      else if (wish < 0.92) this.meet(replica, amount + 1);
      else this.returnAll(replica);
    }
  }

  evaluate(): HistoryResult {
    const needs = this.neededBy();
    const counts = this.chains.map(() => 0);
    let [cuts, violatingCuts] = [0, 0];
    const visit = (chain: number, value: number): void => {
      const items = this.chains[chain];
      if (!items) {
        const isClosed = needs.every((of, at) => {
          const need = of[(counts[at] ?? 0) - 1];
          return !need || need.every((n, other) => n <= (counts[other] ?? 0));
        });
        if (!isClosed) return;
        cuts += 1;
        if (value < bounds.min) violatingCuts += 1;
        return;
      }
      let sum = value;
      for (let taken = 0; taken <= items.length; taken++) {
        counts[chain] = taken;
        sum += taken > 0 ? (items[taken - 1]?.delta ?? 0) : 0;
        visit(chain + 1, sum);
      }
    };
    visit(0, this.start);
    return { cuts, violatingCuts, offlineSpends: this.offlineSpends, refused: this.refused };
  }

  /** How many items of each chain an item stands on: what its author had seen of the log. */
  private neededBy(): readonly (readonly (readonly number[])[])[] {
    const prefix: number[][] = [this.chains.map(() => 0)];
    for (const { chain } of this.log) {
      const next = [...(prefix.at(-1) ?? [])];
      next[chain] = (next[chain] ?? 0) + 1;
      prefix.push(next);
    }
    return this.chains.map((items) => items.map(({ seen }) => prefix[seen] ?? []));
  }

  private add(replica: Replica, amount: number): void {
    this.write(replica, amount, []);
  }

  private spend(replica: Replica, amount: number): void {
    let rows: readonly HeldRow[] = [];
    if (this.hasEscrow) {
      const allotted = allotRights(this.holding(replica), amount);
      if (allotted.type === 'short') {
        this.refused += 1;
        return;
      }
      rows = allotted.rows.map((row) => ({ ...row, state: 'saved' as const }));
    } else if (this.viewOf(replica) < amount) {
      this.refused += 1;
      return;
    }
    if (!replica.isOnline) this.offlineSpends += 1;
    this.write(replica, -amount, rows);
  }

  private viewOf(replica: Replica): number {
    const seen = [...this.log.slice(0, replica.pulled), ...replica.pending];
    return seen.reduce((sum, { delta }) => sum + delta, this.start);
  }

  private write(replica: Replica, delta: number, rows: readonly HeldRow[]): void {
    replica.rows = [...replica.rows, ...rows];
    const { chain, pulled: seen } = replica;
    const item = { chain, delta, rows, seen, operation: `o${this.count++}` as OperationId };
    this.chains[chain]?.push(item);
    replica.pending.push(item);
  }

  /** Pushes, pulls, and asks for rights when they run low. */
  private meet(replica: Replica, target: number): void {
    if (!replica.isOnline) return;
    this.sync(replica);
    const holding = this.holding(replica);
    const asked = this.hasEscrow ? refillAmount(holding, { lowWater: 1, target }) : 0;
    const amount = Math.min(asked, this.ledger.pool);
    if (amount < 1) return;
    const grant = { id: `g${this.count++}` as GrantId, holder: replica.id, amount };
    if (grantRights(this.ledger, grant) !== 'granted') throw new Error('the pool had enough');
    this.append(0, { fact: 'grant', grant: grant.id, holder: replica.id, amount, ...place });
    this.pull(replica);
  }

  private returnAll(replica: Replica): void {
    if (!this.hasEscrow || !replica.isOnline) return;
    this.sync(replica);
    for (const { id } of this.holding(replica).grants) {
      if (giveBack(this.ledger, { id, holder: replica.id }) !== 'returned') throw new Error(id);
      this.append(0, { fact: 'grant-closed', grant: id, why: 'returned' });
    }
    this.pull(replica);
  }

  private drawAtPrimary(amount: number): void {
    const value = this.log.reduce((sum, { delta }) => sum + delta, this.start);
    const isDrawn = this.hasEscrow
      ? draw(this.ledger, amount) === 'drawn'
      : value - bounds.min >= amount;
    if (isDrawn) this.append(-amount);
  }

  private append(delta: number, fact?: RightsFact): void {
    const chain = this.replicas.length;
    const operation = `o${this.count++}` as OperationId;
    const item = { chain, delta, rows: [], seen: this.log.length, operation };
    const told = { ...item, ...(fact && { fact }) };
    this.chains[chain]?.push(told);
    this.log.push(told);
  }

  private sync(replica: Replica): void {
    for (const item of replica.pending.splice(0)) {
      this.log.push(item);
      if (!this.hasEscrow) continue;
      if (item.delta > 0) credit(this.ledger, item.delta);
      else this.commitSpend(replica, item);
    }
    this.pull(replica);
  }

  private commitSpend({ id }: Replica, { operation, rows }: Item): void {
    const outcome = spendRights(this.ledger, { operation, replica: id, rows });
    if (outcome.type !== 'spent') throw new Error(`an honest spend is ${outcome.type}`);
  }

  private pull(replica: Replica): void {
    for (; replica.pulled < this.log.length; replica.pulled++) {
      const fact = this.log[replica.pulled]?.fact;
      if (fact) foldEscrowFact(replica.fold, fact);
    }
  }

  private holding({ fold, id, rows }: Replica): Holding {
    const facts = grantsHeld(fold, { holder: id, ...place });
    return { grants: facts.map(({ grant, amount }) => ({ id: grant, amount })), rows };
  }
}
