// Which contended roots a document declares, and what each of them holds. A root is declared once,
// before anything arrives, and under one type for ever.
import { assert } from '../assert.ts';
import type { Json } from '../bytes/canonical-json.ts';
import type { OperationId } from '../identity.ts';
import type { Entry } from './entry.ts';
import { parseEntryId, toEntryId } from './entry.ts';
import { parseFrozenJson } from './parse-frozen-json.ts';
import type { BoundedRoot, RootAccess, RootLedger, RootParts } from './root-ledger.ts';

/** An entry as a library's document holds it: under its id in the map that is its root. */
export interface WrittenEntry {
  readonly root: string;
  readonly entry: string;
  /** JSON; anything else comes from somebody who does not keep to the format. */
  readonly text: unknown;
}

/** An entry that its root understands, and whose it says it is. */
export type ParsedEntry = Pick<Entry, 'id' | 'index' | 'root' | 'value'> & {
  readonly operation: OperationId;
};

/** Owned by the ledger of all entries. */
export class RootBook {
  private readonly partsByName = new Map<string, RootParts<unknown>>();
  private isSealed = false;

  /** The root's writer; the same object each time. Bug `root-taken`, `late-root`. */
  declare<T>(
    root: string,
    kind: RootLedger['kind'],
    create: () => RootParts<T>,
  ): RootParts<T>['writer'] {
    const known = this.partsByName.get(root);
    assert(known !== undefined || !this.isSealed, 'late-root', `declare "${root}" in the roots`);
    const parts = known ?? create();
    const isSame = parts.ledger.kind === kind;
    assert(isSame, 'root-taken', `"${root}" is a ${parts.ledger.kind}: use another name`);
    this.partsByName.set(root, parts);
    return (parts as RootParts<T>).writer; // The kind tells.
  }

  /** All roots were declared: entries that came before a declaration would be missed. */
  seal(): void {
    this.isSealed = true;
  }

  has(root: string): boolean {
    return this.partsByName.has(root);
  }
  names(): readonly string[] {
    return [...this.partsByName.keys()];
  }
  /** True for what a declaration here returned. */
  isWriter(value: unknown): boolean {
    return [...this.partsByName.values()].some(({ writer }) => writer === value);
  }
  isOrdered(root: string): boolean {
    return this.partsByName.get(root)?.ledger.isOrdered ?? false;
  }
  boundedOf(root: string): BoundedRoot | undefined {
    return this.partsByName.get(root)?.ledger.bounded;
  }
  hasConflict(root: string, key: string): boolean {
    return this.partsByName.get(root)?.ledger.hasConflict?.(key) ?? false;
  }
  /** The canonical value of a root. */
  content(root: string): Json {
    return this.partsByName.get(root)?.ledger.content() ?? null;
  }

  ledgerOf(entry: Entry): RootLedger {
    const ledger = this.partsByName.get(entry.root)?.ledger;
    assert(ledger !== undefined, 'unknown-root', `"${entry.root}" was never declared`);
    return ledger;
  }

  /** The entry, or undefined where no such operation could have written it in such a root. */
  parse(written: WrittenEntry): ParsedEntry | undefined {
    const ledger = this.partsByName.get(written.root)?.ledger;
    const name = parseEntryId(written.entry);
    const value = parseFrozenJson(written.text);
    if (!ledger || !name || value === undefined || !ledger.isEntry(value)) return undefined;
    const { operation, index } = name;
    return { operation, index, id: toEntryId(operation, index), root: written.root, value };
  }
}

/** What a declared root is made with. */
export type CreateRoot<T> = (access: RootAccess) => RootParts<T>;
