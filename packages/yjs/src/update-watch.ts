// Whose is an update that the document emits? What a run makes is the run's; what applying a remote
// change makes is nobody's edit; all else is an edit by whoever is bound to the document.
import type { EntryLedger, Touch } from '@causeway/core';
import { TouchSet } from '@causeway/core';
import type { Doc, Transaction } from 'yjs';
import { mergeUpdates } from 'yjs';
import { rootNameOf } from './root-names.ts';

/** The origin of what replicas write in operations, and of what they apply. */
export const runOrigin = { causeway: 'run' } as const;
export const applyOrigin = { causeway: 'apply' } as const;

type EditListener = (update: Uint8Array, touched: readonly Touch[]) => void;

interface Gathered {
  readonly updates: Uint8Array[];
  readonly touches: TouchSet;
}

/** Owned by one replica; observes its document until `close`. */
export class UpdateWatch {
  private readonly doc: Doc;
  private readonly ledger: EntryLedger;
  private readonly listeners = new Set<EditListener>();
  private gathering: Gathered | undefined;
  private hasReadWritten = false;
  private isListening = false;
  /**
   * What observers wrote in answer to remote changes (or anybody, while nobody listens). It is no
   * edit to report, yet later structs of this client build on it: without it they would stay
   * pending elsewhere. So it goes with them.
   */
  private readonly unsent: Gathered = { updates: [], touches: new TouchSet() };

  constructor(doc: Doc, ledger: EntryLedger) {
    this.doc = doc;
    this.ledger = ledger;
    this.listenToUpdates(true);
    doc.on('afterTransaction', this.onAfterTransaction);
  }

  close(): void {
    this.listenToUpdates(false);
    this.doc.off('afterTransaction', this.onAfterTransaction);
    this.listeners.clear();
  }

  onEdit(listener: EditListener): () => void {
    const own: EditListener = (update, touched) => listener(update, touched);
    this.listeners.add(own);
    return () => void this.listeners.delete(own);
  }

  /** Runs `write` and returns all that it and the observers of it changed, as one update. */
  captureRun(write: () => void): {
    readonly update: Uint8Array;
    readonly touched: readonly Touch[];
  } {
    const { updates, touches } = this.gather(write);
    return updates.length === 0
      ? { update: new Uint8Array(0), touched: [] }
      : {
          update: mergeAll([...this.unsent.updates.splice(0), ...updates]),
          touched: this.withUnsent(touches),
        };
  }

  /** Runs `integrate` and returns which of Yjs's own roots it and the observers of it changed. */
  captureApply(integrate: () => void): readonly Touch[] {
    const { updates, touches } = this.gather(integrate);
    this.unsent.updates.push(...updates);
    if (updates.length > 0) this.unsent.touches.addAll(touches.list());
    return touches.list();
  }

  /** What later updates will carry along; part of what is saved, for they build on it. */
  unsentUpdate(): Uint8Array {
    return mergeAll(this.unsent.updates);
  }
  keepUnsent(update: Uint8Array): void {
    if (update.length > 0) this.unsent.updates.push(update);
  }

  /** Did anything write since the last call while the ledger was reading? */
  takeReadWritten(): boolean {
    const had = this.hasReadWritten;
    this.hasReadWritten = false;
    return had;
  }

  private gather(work: () => void): Gathered {
    const gathered: Gathered = { updates: [], touches: new TouchSet() };
    this.gathering = gathered;
    try {
      work();
    } finally {
      this.gathering = undefined;
    }
    return gathered;
  }

  private withUnsent(touches: TouchSet): readonly Touch[] {
    touches.addAll(this.unsent.touches.take());
    return touches.list();
  }

  private readonly onUpdate = (
    update: Uint8Array,
    _origin: unknown,
    _doc: Doc,
    transaction: Transaction,
  ): void => {
    if (this.ledger.isReading) this.hasReadWritten = true;
    const { gathering } = this;
    const touches = gathering?.touches ?? new TouchSet();
    this.addStockRoots(touches, transaction);
    if (gathering) {
      gathering.updates.push(update);
      return;
    }
    if (this.listeners.size === 0) {
      this.unsent.updates.push(update);
      this.unsent.touches.addAll(touches.list());
      return;
    }
    const whole = mergeAll([...this.unsent.updates.splice(0), update]);
    const touched = this.withUnsent(touches);
    for (const listener of this.listeners) listener(whole, touched);
  };

  /**
   * Yjs would now tidy formats that a remote change made redundant, and emit that as an edit of
   * ours. Each replica would tidy what is redundant in its own view only, so none does.
   */
  private readonly onAfterTransaction = (transaction: Transaction): void => {
    const isApplied = transaction.origin === applyOrigin;
    this.listenToUpdates(!isApplied);
    if (!isApplied) return;
    transaction._needFormattingCleanup = false;
    if (this.gathering) this.addStockRoots(this.gathering.touches, transaction);
  };

  /**
   * Of each transaction Yjs encodes an update for whoever listens, a third of what applying costs. Of
   * what came from elsewhere nobody here needs one. (It looks after this is called.)
   */
  private listenToUpdates(isListening: boolean): void {
    if (isListening === this.isListening) return;
    this.isListening = isListening;
    if (isListening) this.doc.on('update', this.onUpdate);
    else this.doc.off('update', this.onUpdate);
  }

  private addStockRoots(touches: TouchSet, transaction: Transaction): void {
    for (const type of transaction.changed.keys()) {
      const root = rootNameOf(this.doc, type);
      if (root !== undefined && !this.ledger.roots.has(root)) touches.add(root, undefined);
    }
  }
}

/** One update equal to these, applied in order; empty ones say nothing. */
export function mergeAll(updates: readonly Uint8Array[]): Uint8Array {
  const some = updates.filter((update) => update.length > 0);
  const [only] = some;
  if (!only) return new Uint8Array(0);
  return some.length === 1 ? only : mergeUpdates(some);
}
