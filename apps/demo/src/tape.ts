// The paper tape of one machine: what it paid out, which slips it handed to people. The engine keeps
// money and outcomes; this keeps what left the machine, by key, so that a reload shows it again and
// every tab of the machine shows the same.

export interface Tape<T extends TapeItem> {
  /** Oldest first. */
  readonly items: readonly T[];
  /** Adds an item, once per key. */
  add(item: T): void;
}
export interface TapeItem {
  readonly key: string;
  readonly wallMs: number;
}

/** The longest tape that is kept; older items have been torn off. */
const itemsMax = 40;

/** Opens the tape kept under `place`. `onChange`: another tab added to it. */
export function openTape<T extends TapeItem>(o: {
  readonly place: string;
  readonly storage: Storage;
  readonly isItem: (value: unknown) => value is T;
  readonly onChange: () => void;
}): Tape<T> {
  const { storage } = o;
  // An entry per item: two tabs that add to one list at once would overwrite each other's.
  const prefix = `${o.place}/`;
  const read = (): readonly T[] =>
    keysUnder(storage, prefix)
      .map((key) => parse(storage.getItem(key)))
      .filter(o.isItem)
      .sort((a, b) => a.wallMs - b.wallMs)
      .slice(-itemsMax);
  let items = read();
  addEventListener('storage', ({ key }) => {
    if (key !== null && !key.startsWith(prefix)) return;
    items = read();
    o.onChange();
  });
  return {
    get items() {
      return items;
    },
    add(item) {
      if (items.some(({ key }) => key === item.key)) return;
      const [oldest] = items.length < itemsMax ? [] : items;
      if (oldest) storage.removeItem(`${prefix}${oldest.key}`);
      storage.setItem(`${prefix}${item.key}`, JSON.stringify(item));
      items = [...items, item].slice(-itemsMax);
    },
  };
}

function keysUnder(storage: Storage, prefix: string): readonly string[] {
  const keys = Array.from({ length: storage.length }, (_, at) => storage.key(at) ?? '');
  return keys.filter((key) => key.startsWith(prefix));
}

function parse(text: string | null): unknown {
  try {
    return text === null ? undefined : JSON.parse(text);
  } catch {
    return undefined; // Somebody else wrote there. The bank's own record is the document's.
  }
}

/** Cash that went out. `key`: the engine's key of the act, the same after any crash. */
export interface Dispensed extends TapeItem {
  readonly cents: number;
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
