// What the clients of a run were told of each operation, rung by rung, and which acts were done: what
// the log is held against afterwards. It believes nobody but the receipts.
import type { Receipt } from '@causeway/client';

/** One operation as its author knows it. */
export interface BookedOperation {
  readonly id: string;
  readonly client: string;
  readonly document: string;
  readonly name: 'deposit' | 'withdraw';
  readonly account: string;
  readonly cents: number;
  /** Kept on the device: from now on it must not be lost. */
  isSaved: boolean;
  /** Where the acknowledgement said that it is. */
  committed: string | undefined;
  outcome: 'confirmed' | 'compensated' | 'refused' | undefined;
}

/** Owned by a run; its clients write into it. */
export class OperationBook {
  readonly operationsById = new Map<string, BookedOperation>();
  /** Acts outside by their key, with how often each was done. */
  readonly actsByKey = new Map<string, number>();
  /** What contradicts itself before any log was read. */
  readonly contradictions: string[] = [];
  committedCount = 0;

  /** Follows a receipt until its last rung; the second time for the same operation, after a reload. */
  follow(
    receipt: Receipt,
    what: Pick<BookedOperation, 'client' | 'document' | 'name' | 'account' | 'cents'>,
  ): void {
    const fresh = { isSaved: false, committed: undefined, outcome: undefined };
    const known = this.operationsById.get(receipt.id);
    const operation: BookedOperation = known ?? { ...what, id: receipt.id, ...fresh };
    this.operationsById.set(operation.id, operation);
    void receipt.saved.then((answer) => {
      if (answer.type === 'saved') operation.isSaved = true;
      else if (operation.isSaved) this.contradict(operation, 'was saved, then refused');
    });
    void receipt.committed.then((answer) => {
      if (answer.type === 'committed') this.place(operation, answer.position);
    });
    void receipt.outcome.then(({ type }) => {
      if (operation.outcome && operation.outcome !== type) {
        this.contradict(operation, `was ${operation.outcome}, then ${type}`);
      }
      operation.outcome = type;
    });
  }

  noteAct(key: string): void {
    this.actsByKey.set(key, (this.actsByKey.get(key) ?? 0) + 1);
  }

  of(document: string): readonly BookedOperation[] {
    return [...this.operationsById.values()].filter((operation) => operation.document === document);
  }

  private place(operation: BookedOperation, position: string): void {
    if (operation.committed === undefined) this.committedCount += 1;
    else if (operation.committed !== position) {
      this.contradict(operation, `was at ${operation.committed}, then at ${position}`);
    }
    operation.committed = position;
  }

  private contradict({ id, document }: BookedOperation, what: string): void {
    this.contradictions.push(`${document}: operation ${id} ${what}`);
  }
}
