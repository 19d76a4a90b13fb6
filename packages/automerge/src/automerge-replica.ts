// One replica on Automerge: the current snapshot, and the ledger of its contended roots.
import type { ChangeOptions, Doc } from '@automerge/automerge';
import {
  applyChanges,
  change as changeDocument,
  emptyChange,
  getChangesMetaSince,
  getHeads,
  getLastLocalChange,
  hasHeads,
  init,
  load as loadDocument,
  save as saveDocument,
} from '@automerge/automerge';
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
  View,
  WrittenEntry,
} from '@causeway/core';
import {
  assert,
  ByteReader,
  ByteWriter,
  ContendedHalf,
  readLedger,
  restoreLedger,
  saveLedger,
  TouchSet,
} from '@causeway/core';
import { contentOfDocument } from './canonical-content.ts';
import { attachLedger } from './contended-roots.ts';
import { decodeChanges, encodeChanges } from './decode-changes.ts';
import { messagePrefix, parseMessage, toMessage } from './entry-message.ts';
import { seeChanges } from './see-changes.ts';
import { createView } from './tracked-view.ts';

/** What an application binds editors to. `doc` is the frozen snapshot of now. */
export interface AutomergeFacet<T> {
  readonly doc: Doc<T>;
  /** A change by an editor. Throws Bug `transaction-open`, `write-in-read`, `reserved-message`. */
  edit(change: (draft: T) => void, o?: { readonly message?: string }): void;
}

interface Parts<T extends object, R extends object> {
  readonly clientId: number;
  readonly ledger: EntryLedger;
  readonly roots: (doc: T) => R;
  readonly open: (o: { readonly clientId: number }) => AutomergeReplica<T, R>;
}

type EditListener = (update: Uint8Array, touched: readonly Touch[]) => void;

/** @see DocumentReplica */
export class AutomergeReplica<T extends object, R extends object>
  extends ContendedHalf
  implements DocumentReplica<AutomergeFacet<T>, R>
{
  readonly clientId: number;
  readonly facet: AutomergeFacet<T>;
  readonly view: View<R>;
  private readonly parts: Parts<T, R>;
  private readonly listeners = new Set<EditListener>();
  private readonly seqByActor = new Map<string, number>();
  private doc: Doc<T>;
  private baseHeads: string[] = [];
  private isChanging = false;

  constructor(parts: Parts<T, R>) {
    super(parts.ledger);
    this.parts = parts;
    this.clientId = parts.clientId;
    this.doc = init<T>({ actor: actorOf(0), freeze: true });
    const current = (): Doc<T> => this.doc;
    this.facet = {
      get doc() {
        return current();
      },
      edit: (change, o) => this.edit(change, o?.message),
    };
    this.view = createView(parts.ledger, current, (doc) => this.rootsOf(doc));
  }

  /** Writes the base that all replicas share, then takes on this replica's actor. */
  start(initial: T, operation: OperationId, write: ((roots: R) => void) | undefined): void {
    const ran = this.runAs(operation, (draft) => {
      Object.assign(draft, initial);
      const roots = this.rootsOf(draft);
      this.ledger.roots.seal();
      write?.(roots);
    });
    if (ran.type === 'threw') throw ran.error;
    this.baseHeads = getHeads(this.doc);
    this.adopt(saveDocument(this.doc));
  }

  get isBusy(): boolean {
    return this.isChanging;
  }

  run(scope: RunScope, write: (roots: R) => void): Ran {
    return this.runAs(scope.operation, (draft) => write(this.rootsOf(draft)));
  }

  read<V>(from: (view: View<R>) => V): { readonly value: V; readonly touched: readonly Touch[] } {
    return this.ledger.read(() => from(this.view));
  }

  apply(change: Incoming): Applied {
    assert(!this.isBusy, 'transaction-open', 'apply changes outside of changes');
    const { ledger } = this.parts;
    const { update, operation, position } = change;
    const decoded = decodeChanges(this.doc, update, {
      ownActor: actorOf(this.clientId),
      seqOf: (actor) => this.seqByActor.get(actor) ?? 0,
    });
    if (decoded.type === 'refused') return decoded;
    const touches = new TouchSet();
    const fresh = decoded.changes.filter(({ hash }) => !hasHeads(this.doc, [hash]));
    if (fresh.length > 0) {
      const bytes = fresh.map((one) => one.bytes);
      [this.doc] = applyChanges(this.doc, bytes, { patchCallback: seeChanges(touches) });
      for (const { actor, seq } of fresh) this.seqByActor.set(actor, seq);
    }
    const entries = decoded.changes.flatMap(({ message }) => parseMessage(message));
    const forged = ledger.arrive({ operation, position, entries });
    return {
      type: 'applied',
      touched: [...ledger.takeTouched(), ...touches.list()],
      forged: forged.map(({ root, entry }) => ({ root, entry })),
    };
  }

  applyAll(changes: readonly Incoming[]): readonly number[] {
    return changes.flatMap((one, at) => (this.apply(one).type === 'refused' ? [at] : []));
  }

  onEdit(listener: EditListener): () => void {
    const own: EditListener = (update, touched) => listener(update, touched);
    this.listeners.add(own);
    return () => void this.listeners.delete(own);
  }

  merge(updates: readonly Uint8Array[]): Uint8Array {
    const writer = new ByteWriter();
    for (const update of updates) writer.fixed(update);
    return writer.done();
  }

  save(): Uint8Array {
    return new ByteWriter()
      .bytes(saveDocument(this.doc))
      .bytes(saveLedger(this.ledger, this.heldEntries()))
      .done();
  }

  load(state: Uint8Array): boolean {
    const reader = new ByteReader(state);
    const bytes = reader.bytes();
    const saved = readLedger(reader.bytes());
    if (!reader.done || !saved || !this.adopt(bytes)) return false;
    restoreLedger(this.ledger, saved, this.heldEntries());
    return true;
  }

  content(): Json {
    const { ledger } = this.parts;
    const contended = ledger.roots
      .names()
      .map((root) => [root, ledger.roots.content(root)] as const);
    const all = [...contentOfDocument(this.doc), ...contended];
    return Object.fromEntries(all.sort(([a], [b]) => (a < b ? -1 : 1)));
  }

  fork(clientId: number): AutomergeReplica<T, R> {
    const copy = this.parts.open({ clientId });
    assert(copy.load(this.save()), 'fork-failed', 'a replica cannot read what another one saved');
    return copy;
  }

  close(): void {
    this.listeners.clear();
  }

  private rootsOf(doc: T): R {
    attachLedger(doc, this.ledger);
    return this.parts.roots(doc);
  }

  private runAs(operation: OperationId, write: (draft: T) => void): Ran {
    const { ledger } = this.parts;
    assert(!this.isBusy, 'transaction-open', 'a run needs a change of its own');
    assert(!ledger.isReading, 'write-in-read', 'run(…) was called by what only reads');
    ledger.begin(operation);
    try {
      const { update, touched } = this.changeAs((draft) => {
        write(draft);
        return toMessage(ledger.written);
      });
      const verdicts = ledger.commit();
      return { type: 'ran', update, touched: [...ledger.takeTouched(), ...touched], verdicts };
    } catch (error) {
      ledger.abort(); // Automerge itself has rolled back, and used up no number.
      ledger.takeTouched();
      return { type: 'threw', error, update: new Uint8Array(0) };
    }
  }

  private edit(change: (draft: T) => void, message: string | undefined): void {
    assert(!this.isBusy, 'transaction-open', 'an editor changes the document outside of runs');
    assert(!this.ledger.isReading, 'write-in-read', 'edit(…) was called by what only reads');
    const isFree = !message?.startsWith(messagePrefix);
    assert(isFree, 'reserved-message', `"${messagePrefix}" begins the engine's own messages`);
    const { update, touched } = this.changeAs((draft) => {
      change(draft);
      return message;
    });
    if (update.length === 0) return;
    for (const listener of this.listeners) listener(update, touched);
  }

  /** `write` returns the message of the change. Without operations it is made for its message. */
  private changeAs(write: (draft: T) => string | undefined): {
    readonly update: Uint8Array;
    readonly touched: readonly Touch[];
  } {
    const touches = new TouchSet();
    const before = getHeads(this.doc);
    const options: ChangeOptions<T> = { time: 0, patchCallback: seeChanges(touches) };
    this.isChanging = true;
    try {
      // Automerge reads the message after the callback, when it is known.
      this.doc = changeDocument(this.doc, options, (draft) => {
        const message = write(draft);
        if (message !== undefined) options.message = message;
      });
    } finally {
      this.isChanging = false;
    }
    const isUnchanged = getHeads(this.doc).join() === before.join();
    if (isUnchanged && options.message?.startsWith(messagePrefix)) {
      this.doc = emptyChange(this.doc, { time: 0, message: options.message });
    } else if (isUnchanged) return { update: new Uint8Array(0), touched: [] };
    const made = getLastLocalChange(this.doc);
    return { update: encodeChanges(made ? [made] : []), touched: touches.list() };
  }

  /** Takes a document in this replica's name; false when it is none, or not on the same base. */
  private adopt(bytes: Uint8Array): boolean {
    const loaded = tryLoad<T>(bytes, actorOf(this.clientId));
    if (!loaded || !hasHeads(loaded, this.baseHeads)) return false;
    this.doc = loaded;
    for (const { actor, seq } of getChangesMetaSince(loaded, [])) {
      this.seqByActor.set(actor, Math.max(seq, this.seqByActor.get(actor) ?? 0));
    }
    return true;
  }

  private heldEntries(): readonly WrittenEntry[] {
    return getChangesMetaSince(this.doc, []).flatMap(({ message }) => parseMessage(message));
  }
}

function actorOf(clientId: number): string {
  return clientId.toString(16).padStart(16, '0');
}

function tryLoad<T>(bytes: Uint8Array, actor: string): Doc<T> | undefined {
  try {
    return loadDocument<T>(bytes, { actor, freeze: true });
  } catch {
    return undefined;
  }
}
