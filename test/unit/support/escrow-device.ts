// A device of the random runs: what it holds, what it spent of it, and what it has not sent yet.
import {
  allotRights,
  emptyEscrowFold,
  foldEscrowFact,
  type GrantId,
  grantsHeld,
  type HeldRow,
  type Holding,
  type OperationId,
  type ReplicaId,
  type RightsFact,
  type Spend,
} from '@causeway/core';

export const place = { root: 'stock', key: 'seats' };

export class Device {
  replica: ReplicaId;
  isOnline = true;
  rows: readonly HeldRow[] = [];
  readonly queue: Spend[] = [];
  /** Saved by a frozen tab whose reservation was released meanwhile: sent when it wakes up. */
  readonly frozen: Spend[] = [];
  readonly givenBack = new Set<GrantId>();
  private pulled = 0;
  private fold = emptyEscrowFold();

  constructor(replica: ReplicaId) {
    this.replica = replica;
  }

  /** A copy of the profile: the same replica, the same rows, the same unsent work. */
  copy(): Device {
    const twin = new Device(this.replica);
    twin.rows = this.rows;
    twin.queue.push(...this.queue);
    twin.frozen.push(...this.frozen);
    twin.pulled = this.pulled;
    for (const grant of this.fold.grantsById.values()) foldEscrowFact(twin.fold, grant);
    for (const id of this.givenBack) twin.givenBack.add(id);
    return twin;
  }

  /** Follows the log; what is closed there needs no rows any more. */
  pull(log: readonly RightsFact[]): void {
    for (; this.pulled < log.length; this.pulled++) {
      const fact = log[this.pulled];
      if (fact) foldEscrowFact(this.fold, fact);
    }
    this.rows = this.rows.filter(({ grant }) => this.fold.grantsById.has(grant));
  }

  /** It was told that it has a twin: it goes on under an id of its own. */
  becomeAnother(replica: ReplicaId): void {
    this.replica = replica;
    this.rows = [];
  }

  holding(): Holding {
    const facts = grantsHeld(this.fold, { holder: this.replica, ...place });
    const grants = facts.map(({ grant, amount }) => ({ id: grant, amount }));
    return { grants: grants.filter(({ id }) => !this.givenBack.has(id)), rows: this.rows };
  }

  /** Spends here if there are rights. `fate`: what becomes of the tab before it has saved. */
  spend(amount: number, operation: OperationId, fate: 'saved' | 'died' | 'froze'): boolean {
    const allotted = allotRights(this.holding(), amount);
    if (allotted.type === 'short') return false;
    const state = fate === 'saved' ? 'saved' : 'released';
    this.rows = [...this.rows, ...allotted.rows.map((row) => ({ ...row, state }) as const)];
    const spend = { operation, replica: this.replica, rows: allotted.rows };
    if (fate === 'saved') this.queue.push(spend);
    if (fate === 'froze') this.frozen.push(spend);
    return true;
  }

  /** Its first unsent spend was acknowledged. */
  acknowledge(): void {
    const done = this.queue.shift();
    const isOf = (row: HeldRow): boolean =>
      done?.rows.some(({ grant, from }) => grant === row.grant && from === row.from) ?? false;
    this.rows = this.rows.map((row) => (isOf(row) ? { ...row, state: 'committed' } : row));
  }

  /** Has everything that was spent of this grant here, by whatever tab, left the device? */
  hasSent(id: GrantId): boolean {
    const unsent = [...this.queue, ...this.frozen];
    return unsent.every(({ rows }) => rows.every(({ grant }) => grant !== id));
  }
}
