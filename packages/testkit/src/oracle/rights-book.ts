// Rights once more, number by number: who was given which, and who used it first? As naive as a book in
// which every right has a line of its own.
import type { GrantFact, OperationHeader } from '@causeway/core';

interface GrantLines {
  readonly fact: GrantFact;
  readonly userByNumber: Map<number, string>;
  isBack: boolean;
}

export class RightsBook {
  private readonly grants = new Map<string, GrantLines>();

  give(fact: GrantFact): void {
    if (!this.grants.has(fact.grant)) {
      this.grants.set(fact.grant, { fact, userByNumber: new Map(), isBack: false });
    }
  }

  takeBack(grant: string): void {
    const lines = this.grants.get(grant);
    if (lines) lines.isBack = true;
  }

  /** The key that it had no rights on; undefined where all its numbers were its own and free. */
  refuses({ id, rights = [] }: OperationHeader, replica: string): string | undefined {
    for (const { grant, from, amount } of rights) {
      const lines = this.grants.get(grant);
      if (!lines) return '';
      for (let number = from; number < from + amount; number++) {
        const user = lines.userByNumber.get(number);
        const isTheirs = lines.fact.holder === replica && number < lines.fact.amount;
        if (!isTheirs || lines.isBack || (user !== undefined && user !== id)) return lines.fact.key;
      }
    }
    return undefined;
  }

  /** Its numbers are used from now on. What had no right to them uses none. */
  use({ id, rights = [] }: OperationHeader): void {
    for (const { grant, from, amount } of rights) {
      const lines = this.grants.get(grant);
      for (let number = from; lines && number < from + amount; number++) {
        if (!lines.userByNumber.has(number)) lines.userByNumber.set(number, id);
      }
    }
  }
}
