// The paper tape of one machine: what it paid out, which slips it handed to people. The engine keeps
// money and outcomes; this keeps what left the machine, by key, so that a reload shows it again.

export interface Tape<T extends { readonly key: string }> {
  readonly items: readonly T[];
  /** Adds an item, once per key. */
  add(item: T): void;
}

/** The longest tape that is kept; older items have been torn off. */
const itemsMax = 40;

export function openTape<T extends { readonly key: string }>(o: {
  readonly place: string;
  readonly storage: Storage;
  readonly isItem: (value: unknown) => value is T;
}): Tape<T> {
  let items = readItems(o.storage.getItem(o.place)).filter(o.isItem);
  return {
    get items() {
      return items;
    },
    add(item) {
      if (items.some(({ key }) => key === item.key)) return;
      items = [...items, item].slice(-itemsMax);
      o.storage.setItem(o.place, JSON.stringify(items));
    },
  };
}

function readItems(text: string | null): readonly unknown[] {
  if (text === null) return [];
  try {
    const items: unknown = JSON.parse(text);
    return Array.isArray(items) ? items : [];
  } catch {
    return []; // Somebody else wrote there. The bank's own record is the document's.
  }
}

/** Cash that went out. `key`: the engine's key of the act, the same after any crash. */
export interface Dispensed {
  readonly key: string;
  readonly cents: number;
  readonly wallMs: number;
}
/** A slip for one operation. `key`: its id, by which the engine tells its outcome. */
export interface Slip extends Dispensed {
  readonly name: 'deposit' | 'withdraw';
}

export function isDispensed(value: unknown): value is Dispensed {
  if (typeof value !== 'object' || value === null) return false;
  const { key, cents, wallMs } = value as Partial<Dispensed>;
  return typeof key === 'string' && typeof cents === 'number' && typeof wallMs === 'number';
}

export function isSlip(value: unknown): value is Slip {
  if (!isDispensed(value)) return false;
  const { name } = value as Partial<Slip>;
  return name === 'deposit' || name === 'withdraw';
}
