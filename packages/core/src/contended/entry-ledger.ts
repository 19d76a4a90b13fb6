// All entries of a document's contended roots: which of them count, and in which order?
// Pure bookkeeping that the document packages share: a function of the operations that arrived,
// their positions and verdicts; the order in which these are learned changes nothing.
import type { AddWinsSet, Claims, Counter } from '../app/contended.ts';
import type { Touch, Verdict } from '../app/document-type.ts';
import { assert, Bug } from '../assert.ts';
import type { Json } from '../bytes/canonical-json.ts';
import { canonicalJson } from '../bytes/canonical-json.ts';
import type { OperationId } from '../identity.ts';
import { createClaims } from './claims-ledger.ts';
import { createCounter } from './counter-ledger.ts';
import type { Entry, EntryGroup } from './entry.ts';
import { initialOperation, parseEntryId, toEntryId } from './entry.ts';
import { parseFrozenJson } from './parse-frozen-json.ts';
import type { RootAccess, RootLedger, RootParts } from './root-ledger.ts';
import { createSet } from './set-ledger.ts';
import { TouchSet } from './touch-set.ts';
import { VerdictBook } from './verdict-book.ts';

/** An entry as a library's document holds it: under its id in the map that is its root. */
export interface WrittenEntry {
  readonly root: string;
  readonly entry: string;
  /** JSON; anything else comes from somebody who does not keep to the format. */
  readonly text: unknown;
}

/** What arrived from elsewhere: see `Incoming`. */
export interface ArrivedEntries {
  readonly operation?: OperationId | undefined;
  readonly position?: number | undefined;
  readonly entries: readonly WrittenEntry[];
}

type EntryValue = Pick<Entry, 'id' | 'index' | 'root' | 'value'>;

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
  private readonly rootsByName = new Map<string, RootParts<unknown>>();
  private readonly groupsById = new Map<string, EntryGroup>();
  private readonly verdicts = new VerdictBook();
  private readonly touches = new TouchSet();
  private arrivals = 0;
  private isSealed = false;
  private running: Run | undefined;
  private reading: TouchSet | undefined;

  /** The counter of a root; the same object each time. Bug `root-taken`, `late-root`. */
  counter(root: string): Counter {
    return this.declareRoot<Counter>(root, 'counter', createCounter);
  }
  /** The set of a root, under the same rules. */
  addWinsSet<T>(root: string): AddWinsSet<T> {
    return this.declareRoot<AddWinsSet<T>>(root, 'add-wins-set', createSet<T>);
  }
  /** The claims of a root, under the same rules. */
  claims<T>(root: string): Claims<T> {
    return this.declareRoot<Claims<T>>(root, 'claims', createClaims<T>);
  }

  /** All roots were declared: entries that came before a declaration would be missed. */
  seal(): void {
    this.isSealed = true;
  }

  hasRoot(root: string): boolean {
    return this.rootsByName.has(root);
  }
  rootNames(): readonly string[] {
    return [...this.rootsByName.keys()];
  }
  /** True for what a declaration here returned. */
  isContended(value: unknown): boolean {
    return [...this.rootsByName.values()].some(({ writer }) => writer === value);
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
    for (const entry of run.group.entries) this.ledgerOf(entry).discount(entry);
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
    const genuine = new Map<string, EntryValue>();
    const forged: WrittenEntry[] = [];
    for (const written of arrived.entries) {
      const entry = this.parse(written);
      const name = `${written.root}\n${written.entry}`;
      if (entry && entry.operation === operation && !genuine.has(name)) genuine.set(name, entry);
      else forged.push(written);
    }
    if (operation) this.admit(operation, position, [...genuine.values()]);
    return forged;
  }

  /** An operation's position; one without entries here has nothing to place. Cost: O(entries). */
  place(operation: OperationId, position: number): void {
    const group = this.groupsById.get(operation);
    if (!group || group.position === position) return;
    const ordered = group.entries.filter((entry) => this.ledgerOf(entry).isOrdered);
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

  /** The canonical value of a contended root. */
  content(root: string): Json {
    return this.rootsByName.get(root)?.ledger.content() ?? null;
  }

  /** Every operation with entries here, in order of arrival, for a snapshot. */
  groups(): Iterable<EntryGroup> {
    return this.groupsById.values();
  }
  verdictList(): readonly Verdict[] {
    return this.verdicts.list();
  }
  isOrdered(root: string): boolean {
    return this.rootsByName.get(root)?.ledger.isOrdered ?? false;
  }

  private declareRoot<T>(
    root: string,
    kind: RootLedger['kind'],
    create: (access: RootAccess) => RootParts<T>,
  ): T {
    const known = this.rootsByName.get(root);
    assert(known !== undefined || !this.isSealed, 'late-root', `declare "${root}" in the roots`);
    const parts = known ?? create(this.accessTo(root));
    const isSame = parts.ledger.kind === kind;
    assert(isSame, 'root-taken', `"${root}" is a ${parts.ledger.kind}: use another name`);
    this.rootsByName.set(root, parts);
    return parts.writer as T; // The kind tells; only the type knows the symbol of its reader.
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
    const entry = this.parse({ root, entry: id, text });
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
    if (known && entries.length > 0 && !isSameEntries(known.entries, entries)) {
      const isEarlier = (position ?? Infinity) < (known.position ?? Infinity);
      if (!isEarlier) return;
      for (const entry of known.entries) this.ledgerOf(entry).discount(entry);
      this.groupsById.delete(operation);
    }
    if (entries.length > 0 && !this.groupsById.has(operation)) {
      const group = this.createGroup(operation, position);
      for (const entry of entries) this.addEntry(group, entry);
    } else if (position !== undefined) {
      this.place(operation, position);
    }
  }

  private createGroup(operation: OperationId, position: number | undefined): EntryGroup {
    const arrival = this.arrivals++;
    const group = { operation, position, arrival, verdict: undefined, entries: [] };
    this.groupsById.set(operation, group);
    return group;
  }

  private addEntry(group: EntryGroup, entry: EntryValue): void {
    const placed: Entry = { ...entry, group, verdict: undefined };
    group.entries.push(placed);
    this.verdicts.apply(placed);
    this.ledgerOf(placed).count(placed);
  }

  private reconsider(operation: OperationId): void {
    const entries = this.groupsById.get(operation)?.entries ?? [];
    this.restand(entries, () => {
      for (const entry of entries) this.verdicts.apply(entry);
    });
  }

  /** Changes where entries stand. They are sorted by it, so they leave before and return after. */
  private restand(entries: readonly Entry[], change: () => void): void {
    for (const entry of entries) this.ledgerOf(entry).discount(entry);
    change();
    for (const entry of entries) this.ledgerOf(entry).count(entry);
  }

  private parse(written: WrittenEntry): (EntryValue & { operation: OperationId }) | undefined {
    const ledger = this.rootsByName.get(written.root)?.ledger;
    const name = parseEntryId(written.entry);
    const value = parseFrozenJson(written.text);
    if (!ledger || !name || value === undefined || !ledger.isEntry(value)) return undefined;
    const { operation, index } = name;
    return { operation, index, id: toEntryId(operation, index), root: written.root, value };
  }

  private ledgerOf(entry: Entry): RootLedger {
    const ledger = this.rootsByName.get(entry.root)?.ledger;
    assert(ledger !== undefined, 'unknown-root', `"${entry.root}" was never declared`);
    return ledger;
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
