// A document of contended roots alone, without a CRDT library: what the audit itself costs. Its updates
// are the entries as JSON.
import {
  type Applied,
  bytesToJson,
  ContendedHalf,
  type Counter,
  type DocumentReplica,
  type DocumentType,
  EntryLedger,
  type Incoming,
  initialOperation,
  type Json,
  jsonToBytes,
  type Ran,
  type RunScope,
  readLedger,
  restoreLedger,
  saveLedger,
  type Touch,
  type View,
  type WrittenEntry,
} from '@causeway/core';

type Roots = Readonly<Record<string, Counter>>;

/** Counters by root name; `initial` writes the base that all replicas share. */
export function ledgerDocument<R extends Roots>(
  open: (counter: (root: string) => Counter) => R,
  initial: (roots: R) => void,
): DocumentType<object, R> {
  const create = (clientId: number): LedgerReplica<R> => {
    const ledger = new EntryLedger();
    const roots = open((root) => ledger.counter(root));
    ledger.roots.seal();
    const replica = new LedgerReplica({ ledger, roots, clientId, create });
    replica.run({ operation: initialOperation }, initial);
    return replica;
  };
  return { library: 'ledger', open: ({ clientId }) => create(clientId) };
}

interface Parts<R extends Roots> {
  readonly ledger: EntryLedger;
  readonly roots: R;
  readonly clientId: number;
  readonly create: (clientId: number) => LedgerReplica<R>;
}

/** @see DocumentReplica */
class LedgerReplica<R extends Roots> extends ContendedHalf implements DocumentReplica<object, R> {
  readonly clientId: number;
  readonly facet = {};
  readonly view: View<R>;
  readonly isBusy = false;
  private readonly parts: Parts<R>;
  private readonly held: WrittenEntry[] = [];

  constructor(parts: Parts<R>) {
    super(parts.ledger);
    this.parts = parts;
    this.clientId = parts.clientId;
    // The same objects: only types hide the writers.
    this.view = parts.roots as unknown as View<R>;
  }

  run(scope: RunScope, write: (roots: R) => void): Ran {
    const { ledger, roots } = this.parts;
    ledger.begin(scope.operation);
    try {
      write(roots);
    } catch (error) {
      ledger.abort();
      return { type: 'threw', error, update: new Uint8Array(0) };
    }
    const written = [...ledger.written];
    this.held.push(...written);
    const verdicts = ledger.commit();
    const update = jsonToBytes(written);
    return { type: 'ran', update, touched: ledger.takeTouched(), verdicts };
  }

  read<T>(from: (view: View<R>) => T): { readonly value: T; readonly touched: readonly Touch[] } {
    return this.ledger.read(() => from(this.view));
  }

  apply({ update, operation, position }: Incoming): Applied {
    const entries = update.length > 0 ? readEntries(bytesToJson(update)) : [];
    if (!entries) return { type: 'refused', reason: 'malformed' };
    this.held.push(...entries);
    const forged = this.ledger.arrive({ operation, position, entries });
    return { type: 'applied', touched: this.ledger.takeTouched(), forged };
  }

  applyAll(changes: readonly Incoming[]): readonly number[] {
    return changes.flatMap((one, at) => (this.apply(one).type === 'refused' ? [at] : []));
  }

  onEdit(): () => void {
    return () => undefined; // Nobody can edit it.
  }

  merge(updates: readonly Uint8Array[]): Uint8Array {
    return jsonToBytes(updates.flatMap((update) => readEntries(bytesToJson(update)) ?? []));
  }

  save(): Uint8Array {
    const ledger = [...saveLedger(this.ledger, this.held)];
    return jsonToBytes({ held: this.held.map((entry) => ({ ...entry })), ledger });
  }

  load(state: Uint8Array): boolean {
    const saved = bytesToJson(state) as { held?: Json; ledger?: number[] } | undefined;
    const held = readEntries(saved?.held);
    const ledger = readLedger(Uint8Array.from(saved?.ledger ?? []));
    if (!held || !ledger) return false;
    this.held.push(...held);
    restoreLedger(this.ledger, ledger, held);
    return true;
  }

  content(): Json {
    const { roots } = this.ledger;
    return Object.fromEntries(roots.names().map((root) => [root, roots.content(root)]));
  }

  fork(clientId: number): LedgerReplica<R> {
    const copy = this.parts.create(clientId);
    if (!copy.load(this.save())) throw new Error('a ledger cannot read what another one saved');
    return copy;
  }

  close(): void {
    this.held.length = 0;
  }
}

function readEntries(json: Json | undefined): readonly WrittenEntry[] | undefined {
  return Array.isArray(json) ? (json as unknown as readonly WrittenEntry[]) : undefined;
}
