// All entries of a document's contended roots: which of them count, and in which order?
// Pure bookkeeping that the document packages share: a function of the operations that arrived,
// their positions and verdicts; the order in which these are learned changes nothing.
import type {
  AddWinsSet,
  BoundedCounter,
  Bounds,
  Claims,
  Counter,
  Register,
} from '../app/contended.ts';
import type { Touch, Verdict } from '../app/document-type.ts';
import { assert, Bug } from '../assert.ts';
import { canonicalJson } from '../bytes/canonical-json.ts';
import type { OperationId } from '../identity.ts';
import { assertSameBounds, createBoundedCounter } from './bounded-counter-ledger.ts';
import { createClaims } from './claims-ledger.ts';
import { createCounter } from './counter-ledger.ts';
import type { Entry, EntryGroup } from './entry.ts';
import { initialOperation, toEntryId } from './entry.ts';
import { createRegister } from './register-ledger.ts';
import type { CreateRoot, ParsedEntry, WrittenEntry } from './root-book.ts';
import { RootBook } from './root-book.ts';
import type { RootAccess, RootLedger } from './root-ledger.ts';
import { createSet } from './set-ledger.ts';
import { TouchSet } from './touch-set.ts';
import { VerdictBook } from './verdict-book.ts';

export type { WrittenEntry } from './root-book.ts';

/** What arrived from elsewhere: see `Incoming`. */
export interface ArrivedEntries {
  readonly operation?: OperationId | undefined;
  readonly position?: number | undefined;
  readonly entries: readonly WrittenEntry[];
}

type EntryValue = Omit<ParsedEntry, 'operation'>;

/** The run in progress. */
interface Run {
  readonly group: EntryGroup;
  readonly written: WrittenEntry[];
  readonly verdicts: Verdict[];
  /** How to take back what `settle` decided. */
  readonly undo: (() => void)[];
}

/** Owned by one replica of a document. */
export class EntryLedger {
  readonly roots = new RootBook();
  private readonly groupsById = new Map<string, EntryGroup>();
  private readonly verdicts = new VerdictBook();
  private readonly touches = new TouchSet();
  private arrivals = 0;
  private running: Run | undefined;
  private reading: TouchSet | undefined;

  /** The counter of a root; the same object each time. Bug `root-taken`, `late-root`. */
  counter(root: string): Counter {
    return this.declareRoot<Counter>(root, 'counter', createCounter);
  }
  /** The bounded counter of a root, under the same rules; always with the same bounds. */
  boundedCounter(root: string, bounds: Bounds): BoundedCounter {
    const writer = this.declareRoot<BoundedCounter>(root, 'bounded-counter', (access) =>
      createBoundedCounter(access, { root, bounds }),
    );
    assertSameBounds(root, this.roots.boundedOf(root)?.bounds, bounds);
    return writer;
  }
  /** The set of a root, under the same rules. */
  addWinsSet<T>(root: string): AddWinsSet<T> {
    return this.declareRoot<AddWinsSet<T>>(root, 'add-wins-set', createSet<T>);
  }
  /** The claims of a root, under the same rules. */
  claims<T>(root: string): Claims<T> {
    return this.declareRoot<Claims<T>>(root, 'claims', createClaims<T>);
  }
  /** The register of a root, under the same rules. */
  register<T>(root: string): Register<T> {
    return this.declareRoot<Register<T>>(root, 'register', createRegister<T>);
  }

  get isReading(): boolean {
    return this.reading !== undefined;
  }

  /** Begins a run: what is written until `commit` or `abort` is `operation`'s. */
  begin(operation: OperationId): void {
    assert(!this.running, 'run-in-run', 'an operation cannot run another one');
    const isFree = !this.groupsById.has(operation) && !operation.includes('#');
    assert(isFree, 'operation-repeated', `"${operation}" has entries here already, or a # in it`);
    const group = this.createGroup(operation, operation === initialOperation ? 0 : undefined);
    this.running = { group, written: [], verdicts: [], undo: [] };
  }

  /** What the run wrote so far, in order: the library's document must hold it in the end. */
  get written(): readonly WrittenEntry[] {
    return this.running?.written ?? [];
  }

  /** Ends a run that stands, and tells what it decided. */
  commit(): readonly Verdict[] {
    const run = this.endRun();
    if (run.group.entries.length === 0) this.groupsById.delete(run.group.operation);
    return run.verdicts;
  }

  /** Ends a run that threw: nothing of it counts. */
  abort(): void {
    const run = this.endRun();
    for (const undo of run.undo.reverse()) undo();
    for (const entry of run.group.entries) this.roots.ledgerOf(entry).discount(entry);
    this.groupsById.delete(run.group.operation);
  }

  /**
   * Counts what a change from elsewhere brought. An entry counts only under its own operation's id;
   * the others are returned as forged. The same operation again changes nothing; other entries
   * under its id (an intent's result after the operation ran here, too) count in its place when
   * they were committed first. Cost: O(entries).
   */
  arrive(arrived: ArrivedEntries): readonly WrittenEntry[] {
    const { operation, position } = arrived;
    const genuine: EntryValue[] = [];
    const forged: WrittenEntry[] = [];
    const taken = arrived.entries.length > 1 ? new Set<string>() : undefined;
    for (const written of arrived.entries) {
      const entry = this.roots.parse(written);
      const name = taken && `${written.root}\n${written.entry}`;
      const isFirst = name === undefined || !taken?.has(name);
      if (entry && entry.operation === operation && isFirst) {
        genuine.push(entry);
        if (name !== undefined) taken?.add(name);
      } else forged.push(written);
    }
    if (operation) this.admit(operation, position, genuine);
    return forged;
  }

  /** An operation's position; one without entries here has nothing to place. Cost: O(entries). */
  place(operation: OperationId, position: number): void {
    const group = this.groupsById.get(operation);
    if (!group || group.position === position) return;
    const ordered = group.entries.filter((entry) => this.roots.ledgerOf(entry).isOrdered);
    this.restand(ordered, () => {
      group.position = position;
    });
  }

  /** Records verdicts, also of what has not arrived yet. Cost: O(entries of each operation). */
  judge(verdicts: readonly Verdict[]): void {
    for (const verdict of verdicts) {
      this.verdicts.record(verdict);
      this.reconsider(verdict.operation);
    }
  }

  /** The bounds of every bounded counter, by root. */
  boundedRoots(): ReadonlyMap<string, Bounds> {
    const bounded = this.roots.names().map((root) => [root, this.roots.boundedOf(root)] as const);
    return new Map(bounded.flatMap(([root, found]) => (found ? [[root, found.bounds]] : [])));
  }

  /** Bug `not-bounded`. */
  boundedValue(root: string, key: string): number {
    const bounded = this.roots.boundedOf(root);
    assert(bounded !== undefined, 'not-bounded', `"${root}" is no bounded counter`);
    return bounded.valueOf(key);
  }

  hasConflict(root: string, key: string): boolean {
    return this.roots.hasConflict(root, key);
  }

  /** What a bounded counter shows as spendable here. Bug `not-bounded`, `not-whole`. */
  setRights(root: string, key: string, amount: number): void {
    const bounded = this.roots.boundedOf(root);
    assert(bounded !== undefined, 'not-bounded', `"${root}" is no bounded counter`);
    bounded.setRights(key, amount);
  }

  /** Evaluates, and collects what is read. Nested evaluations count for the outer one, too. */
  read<T>(from: () => T): { readonly value: T; readonly touched: readonly Touch[] } {
    const outer = this.reading;
    const touches = new TouchSet();
    this.reading = touches;
    try {
      const value = from();
      return { value, touched: touches.list() };
    } finally {
      this.reading = outer;
      outer?.addAll(touches.list());
    }
  }
  noteRead(root: string, key: string | undefined): void {
    this.reading?.add(root, key);
  }

  /** What changed since the last call. */
  takeTouched(): readonly Touch[] {
    return this.touches.take();
  }

  /** Every operation with entries here, in order of arrival, for a snapshot. */
  groups(): Iterable<EntryGroup> {
    return this.groupsById.values();
  }
  verdictList(): readonly Verdict[] {
    return this.verdicts.list();
  }

  private declareRoot<T>(root: string, kind: RootLedger['kind'], create: CreateRoot<T>): T {
    // Only the type knows the symbol of its reader.
    return this.roots.declare(root, kind, () => create(this.accessTo(root))) as T;
  }

  private accessTo(root: string): RootAccess {
    return {
      noteRead: (key) => this.noteRead(root, key),
      noteTouch: (key) => this.touches.add(root, key),
      requireRun: () => void this.requireRun(root),
      write: (value) => this.write(root, value),
      decide: (entry, verdict, slot) => this.decide(entry, verdict, slot),
    };
  }

  private requireRun(root: string): Run {
    if (this.reading) throw new Bug('write-in-read', `"${root}" is written by what only reads`);
    if (!this.running) {
      throw new Bug('write-outside-run', `"${root}" is written by operations: call run(…)`);
    }
    return this.running;
  }

  private write(root: string, value: unknown): void {
    const { group, written } = this.requireRun(root);
    const text = canonicalJson(value);
    const index = group.entries.filter((other) => other.root === root).length;
    const id = toEntryId(group.operation, index);
    const entry = this.roots.parse({ root, entry: id, text });
    if (!entry) throw new Bug('bad-entry', `"${root}" does not hold ${text}`);
    this.addEntry(group, entry);
    written.push({ root, entry: id, text });
  }

  private decide(entry: Entry, kind: Verdict['verdict'], slot: string | undefined): void {
    const run = this.requireRun(entry.root);
    const { operation, entries } = entry.group;
    const isOnly = entries.every((other) => other === entry || other.root !== entry.root);
    const verdict: Verdict = {
      operation,
      verdict: kind,
      root: entry.root,
      ...(!isOnly && { entry: entry.id }),
      ...(slot !== undefined && { slot }),
    };
    const previous = this.verdicts.record(verdict);
    this.reconsider(operation);
    run.verdicts.push(verdict);
    run.undo.push(() => {
      this.verdicts.restore(verdict, previous);
      this.reconsider(operation);
    });
  }

  private admit(
    operation: OperationId,
    position: number | undefined,
    entries: readonly EntryValue[],
  ): void {
    const known = this.groupsById.get(operation);
    if (entries.length === 0 || (known && isSameEntries(known.entries, entries))) {
      if (position !== undefined) this.place(operation, position);
      return;
    }
    if (known) {
      const isEarlier = (position ?? Infinity) < (known.position ?? Infinity);
      if (!isEarlier) return;
      for (const entry of known.entries) this.roots.ledgerOf(entry).discount(entry);
      this.groupsById.delete(operation); // What takes its place arrived later.
    }
    const group = this.createGroup(operation, position);
    for (const entry of entries) this.addEntry(group, entry);
  }

  private createGroup(operation: OperationId, position: number | undefined): EntryGroup {
    const arrival = this.arrivals++;
    const group = { operation, position, arrival, verdict: undefined, entries: [] };
    this.groupsById.set(operation, group);
    return group;
  }

  private addEntry(group: EntryGroup, { id, index, root, value }: EntryValue): void {
    const placed: Entry = { id, index, root, value, group, verdict: undefined };
    group.entries.push(placed);
    this.verdicts.apply(placed);
    this.roots.ledgerOf(placed).count(placed);
  }

  private reconsider(operation: OperationId): void {
    const entries = this.groupsById.get(operation)?.entries ?? [];
    this.restand(entries, () => {
      for (const entry of entries) this.verdicts.apply(entry);
    });
  }

  /** Changes where entries stand. They are sorted by it, so they leave before and return after. */
  private restand(entries: readonly Entry[], change: () => void): void {
    for (const entry of entries) this.roots.ledgerOf(entry).discount(entry);
    change();
    for (const entry of entries) this.roots.ledgerOf(entry).count(entry);
  }

  private endRun(): Run {
    const run = this.running;
    assert(run !== undefined, 'no-run', 'nothing runs');
    this.running = undefined;
    return run;
  }
}

function isSameEntries(a: readonly EntryValue[], b: readonly EntryValue[]): boolean {
  const toText = (entries: readonly EntryValue[]): readonly string[] =>
    entries.map(({ root, id, value }) => canonicalJson([root, id, value])).sort();
  const other = toText(b);
  return a.length === b.length && toText(a).every((text, at) => text === other[at]);
}
