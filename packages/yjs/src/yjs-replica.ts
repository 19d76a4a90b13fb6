// One replica on Yjs: a `Y.Doc` that editors are bound to, and the ledger of its contended roots.
// The ledger knows of an entry in the same transaction in which the document gets it.
import type {
  Applied,
  DocumentReplica,
  EntryLedger,
  Incoming,
  Json,
  OperationId,
  Ran,
  RunScope,
  Touch,
  Verdict,
  View,
} from '@causeway/core';
import {
  assert,
  Bug,
  ByteReader,
  ByteWriter,
  ContendedHalf,
  readLedger,
  restoreLedger,
  saveLedger,
} from '@causeway/core';
import type { Doc, Transaction } from 'yjs';
import { applyUpdate, encodeStateAsUpdate, UndoManager } from 'yjs';
import { contentOfType } from './canonical-content.ts';
import { decodeUpdate } from './decode-update.ts';
import { changedEntries, entriesOf, heldEntries, openEntryMaps, putEntries } from './entry-maps.ts';
import { initialClientId } from './initial-client.ts';
import { createView } from './tracked-view.ts';
import { applyOrigin, mergeAll, runOrigin, UpdateWatch } from './update-watch.ts';
import type { YjsFacet } from './yjs-facet.ts';
import { createFacet } from './yjs-facet.ts';

/** What `yjs` made before the replica. `doc` has the initial client id until `start`. */
interface Parts<R extends object> {
  readonly doc: Doc;
  readonly ledger: EntryLedger;
  readonly roots: R;
  readonly clientId: number;
  readonly open: (o: { readonly clientId: number }) => YjsReplica<R>;
}

type Attempt =
  | { readonly type: 'wrote'; readonly verdicts: readonly Verdict[] }
  | { readonly type: 'threw'; readonly error: unknown; readonly undo: UndoManager };

/** @see DocumentReplica */
export class YjsReplica<R extends object>
  extends ContendedHalf
  implements DocumentReplica<YjsFacet, R>
{
  readonly clientId: number;
  readonly facet: YjsFacet;
  readonly view: View<R>;
  private readonly parts: Parts<R>;
  private readonly watch: UpdateWatch;
  private readonly closeFacet: () => void;

  constructor(parts: Parts<R>) {
    const { doc, ledger, roots, clientId } = parts;
    super(ledger);
    this.parts = parts;
    this.clientId = clientId;
    openEntryMaps(doc, ledger);
    const { facet, close } = createFacet(doc);
    this.facet = facet;
    this.closeFacet = close;
    this.view = createView(doc, ledger, roots);
    this.watch = new UpdateWatch(doc, ledger);
  }

  /** Writes the base that all replicas share, then takes on this replica's client id. */
  start(operation: OperationId, write: ((roots: R) => void) | undefined): void {
    const { doc } = this.parts;
    doc.clientID = initialClientId;
    const ran = write ? this.run({ operation }, write) : undefined;
    doc.clientID = this.clientId;
    if (ran?.type === 'threw') throw ran.error;
  }

  /** Observers of a transaction run in it, too: what they wrote would be captured by neither. */
  get isBusy(): boolean {
    const { doc } = this.parts;
    return doc._transaction !== null || doc._transactionCleanups.length > 0;
  }

  run(scope: RunScope, write: (roots: R) => void): Ran {
    const { doc, ledger } = this.parts;
    assert(!this.isBusy, 'transaction-open', 'a run needs a transaction of its own');
    assert(!ledger.isReading, 'write-in-read', 'run(…) was called by what only reads');
    ledger.begin(scope.operation);
    const attempts: Attempt[] = [];
    const { update, touched } = this.watch.captureRun(() => {
      this.transact((transaction) => attempts.push(this.attempt(transaction, write)), runOrigin);
      for (const attempt of attempts) if (attempt.type === 'threw') undoOnce(doc, attempt.undo);
    });
    const contended = ledger.takeTouched();
    const [attempt] = attempts;
    if (!attempt) throw new Bug('no-run', 'the transaction did not run');
    return attempt.type === 'threw'
      ? { type: 'threw', error: attempt.error, update }
      : { type: 'ran', update, touched: [...contended, ...touched], verdicts: attempt.verdicts };
  }

  read<T>(from: (view: View<R>) => T): { readonly value: T; readonly touched: readonly Touch[] } {
    this.watch.takeReadWritten();
    const read = this.ledger.read(() => from(this.view));
    const hasWritten = this.watch.takeReadWritten();
    // Yjs has no way to refuse the transaction, so this tells of it only afterwards.
    assert(!hasWritten, 'write-in-read', 'a type of Yjs was written by what only reads');
    return read;
  }

  apply(change: Incoming): Applied {
    const { doc, ledger } = this.parts;
    const { update, operation, position } = change;
    assert(!this.isBusy, 'transaction-open', 'apply changes outside of transactions');
    const decoded = update.length > 0 ? decodeUpdate(doc, update) : noItems;
    if (decoded.type === 'refused') return decoded;
    const forged: EntryName[] = [];
    const touched = this.watch.captureApply(() => {
      this.transact((transaction) => {
        if (update.length > 0) applyUpdate(doc, update, applyOrigin);
        const entries = entriesOf(doc, ledger, decoded.items);
        const written = new Set(entries.map(nameOf));
        const deleted = changedEntries(doc, ledger, transaction).filter(
          (changed) => !written.has(nameOf(changed)),
        );
        const unfounded = ledger.arrive({ operation, position, entries });
        forged.push(...unfounded.map(({ root, entry }) => ({ root, entry })), ...deleted);
      }, applyOrigin);
    });
    return { type: 'applied', touched: [...ledger.takeTouched(), ...touched], forged };
  }

  applyAll(changes: readonly Incoming[]): readonly number[] {
    const { doc, ledger } = this.parts;
    assert(!this.isBusy, 'transaction-open', 'apply changes outside of transactions');
    const refused: number[] = [];
    this.watch.captureApply(() =>
      this.transact(() => {
        for (const [index, { update, operation, position }] of changes.entries()) {
          const decoded = update.length > 0 ? decodeUpdate(doc, update) : noItems;
          if (decoded.type === 'refused') {
            refused.push(index);
            continue;
          }
          if (update.length > 0) applyUpdate(doc, update, applyOrigin);
          const entries = entriesOf(doc, ledger, decoded.items);
          ledger.arrive({ operation, position, entries });
        }
      }, applyOrigin),
    );
    ledger.takeTouched();
    return refused;
  }

  onEdit(listener: (update: Uint8Array, touched: readonly Touch[]) => void): () => void {
    return this.watch.onEdit(listener);
  }

  merge(updates: readonly Uint8Array[]): Uint8Array {
    return mergeAll(updates);
  }

  save(): Uint8Array {
    const { doc, ledger } = this.parts;
    return new ByteWriter()
      .bytes(encodeStateAsUpdate(doc))
      .bytes(saveLedger(ledger, heldEntries(doc, ledger)))
      .bytes(this.watch.unsentUpdate())
      .done();
  }

  load(state: Uint8Array): boolean {
    const { doc, ledger } = this.parts;
    const reader = new ByteReader(state);
    const update = reader.bytes();
    const saved = readLedger(reader.bytes());
    const unsent = reader.bytes();
    if (!reader.done || !saved) return false;
    // A state may hold what this client wrote before: as another one, Yjs does not mind. The base
    // is the initial client's, so a state on another base is refused.
    doc.clientID = initialClientId;
    const isReadable = decodeUpdate(doc, update).type === 'decoded';
    if (isReadable) {
      this.watch.captureApply(() =>
        this.transact(() => {
          applyUpdate(doc, update, applyOrigin);
          restoreLedger(ledger, saved, heldEntries(doc, ledger));
        }, applyOrigin),
      );
      this.watch.keepUnsent(unsent);
    }
    doc.clientID = this.clientId;
    return isReadable;
  }

  content(): Json {
    const { doc, ledger } = this.parts;
    const stock = [...doc.share]
      .filter(([root]) => !ledger.roots.has(root))
      .map(([root, type]) => [root, contentOfType(type)] as const)
      .filter(([, content]) => content !== null);
    const contended = ledger.roots
      .names()
      .map((root) => [root, ledger.roots.content(root)] as const);
    const all = [...stock, ...contended].sort(([a], [b]) => (a < b ? -1 : 1));
    return Object.fromEntries(all);
  }

  fork(clientId: number): YjsReplica<R> {
    const copy = this.parts.open({ clientId });
    assert(copy.load(this.save()), 'fork-failed', 'a replica cannot read what another one saved');
    return copy;
  }

  close(): void {
    this.watch.close();
    this.closeFacet();
  }

  /** Entries are put and the run ends before observers see it: they are no part of it. */
  private attempt(transaction: Transaction, write: (roots: R) => void): Attempt {
    const { doc, ledger, roots } = this.parts;
    try {
      write(roots);
      const [direct] = changedEntries(doc, ledger, transaction);
      assert(!direct, 'contended-root-written', `"${direct?.root}": use its writer`);
      putEntries(doc, ledger.written);
      return { type: 'wrote', verdicts: ledger.commit() };
    } catch (error) {
      ledger.abort();
      // Made only now, because it keeps what was deleted from being freed.
      const undo = new UndoManager(doc, {
        trackedOrigins: new Set([runOrigin]),
        captureTimeout: 0,
      });
      return { type: 'threw', error, undo };
    }
  }

  /** A transaction whose work stands even when an observer of the application throws. */
  private transact(work: (transaction: Transaction) => void, origin: object): void {
    let isDone = false;
    try {
      this.parts.doc.transact((transaction) => {
        work(transaction);
        isDone = true;
      }, origin);
    } catch (error) {
      if (!isDone) throw error;
      surface(error);
    }
  }
}

interface EntryName {
  readonly root: string;
  readonly entry: string;
}

function nameOf({ root, entry }: EntryName): string {
  return `${root}\n${entry}`;
}

const noItems = { type: 'decoded', items: [] } as const;

function undoOnce(doc: Doc, undo: UndoManager): void {
  try {
    undo.undo();
  } catch (error) {
    if (doc._transaction) throw error;
    surface(error);
  }
  undo.clear();
  undo.destroy();
}

/** Makes an observer's error appear as an uncaught one: the change that it observed stands. */
function surface(error: unknown): void {
  void Promise.reject(error);
}
