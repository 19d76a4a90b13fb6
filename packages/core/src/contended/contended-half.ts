// The half of a replica that is the same on every library: what it hands to the ledger of its contended
// roots, as it is. The library's own half is the document packages'.
import type { Bounds } from '../app/contended.ts';
import type { DocumentReplica, Touch, Verdict } from '../app/document-type.ts';
import type { OperationId } from '../identity.ts';
import type { EntryLedger } from './entry-ledger.ts';

type ByLedger = 'place' | 'judge' | 'boundedRoots' | 'boundedValue' | 'hasConflict' | 'setRights';

/** @see DocumentReplica */
export abstract class ContendedHalf implements Pick<DocumentReplica, ByLedger> {
  protected readonly ledger: EntryLedger;

  constructor(ledger: EntryLedger) {
    this.ledger = ledger;
  }

  place(operation: OperationId, position: number): readonly Touch[] {
    this.ledger.place(operation, position);
    return this.ledger.takeTouched();
  }

  judge(verdicts: readonly Verdict[]): readonly Touch[] {
    this.ledger.judge(verdicts);
    return this.ledger.takeTouched();
  }

  boundedRoots(): ReadonlyMap<string, Bounds> {
    return this.ledger.boundedRoots();
  }

  boundedValue(root: string, key: string): number {
    return this.ledger.boundedValue(root, key);
  }

  hasConflict(root: string, key: string): boolean {
    return this.ledger.hasConflict(root, key);
  }

  setRights(root: string, key: string, amount: number): readonly Touch[] {
    this.ledger.setRights(root, key, amount);
    return this.ledger.takeTouched();
  }
}
