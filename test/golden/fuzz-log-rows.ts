// Changes one value in one row of a log's file and back, past everything that guards it. The row's
// checksum is left as it was, or made right again by a formula of our own.
import { join } from 'node:path';
import { DatabaseSync, type SQLInputValue, type SQLOutputValue } from 'node:sqlite';
import { crc32 } from 'node:zlib';

type Row = Record<string, SQLOutputValue>;

interface Table {
  readonly name: string;
  readonly keys: readonly string[];
  /** What the checksum covers, in its order. */
  readonly fields: (row: Row, log: LogRows) => readonly SQLOutputValue[];
}

export interface LogRows {
  readonly rows: readonly { readonly table: Table; readonly row: Row }[];
  readonly database: DatabaseSync;
  close(): void;
}

const entryFields = ['kind', 'operation', 'operation_role', 'header', 'payload', 'effects'];

const tables: readonly Table[] = [
  {
    name: 'documents',
    keys: ['id'],
    fields: (row) => [
      ...valuesOf(row, ['name', 'log', 'epoch', 'position', 'prefix_hash', 'digest']),
      ...valuesOf(row, ['named_position']),
    ],
  },
  {
    name: 'writers',
    keys: ['id'],
    fields: (row, log) => [
      nameOf(log, row['document']),
      ...valuesOf(row, ['writer', 'replica', 'client_id', 'seq', 'hash']),
    ],
  },
  {
    name: 'entries',
    keys: ['document', 'position'],
    fields: (row, log) => {
      const writer = find(log, 'writers', row['writer']);
      return [
        nameOf(log, row['document']),
        row['position'] ?? null,
        ...valuesOf(writer ?? {}, ['writer', 'replica', 'client_id']),
        row['seq'] ?? null,
        ...valuesOf(row, entryFields),
        ...valuesOf(row, ['hash', 'prefix_hash']),
      ];
    },
  },
  {
    name: 'checkpoints',
    keys: ['document'],
    fields: (row) => valuesOf(row, ['document', 'position', 'bytes']),
  },
];

/** Opens a log that nobody else writes. Speed over safety: the folder is thrown away. */
export function openLogRows(folder: string): LogRows {
  const database = new DatabaseSync(join(folder, 'causeway.db'));
  database.exec('PRAGMA synchronous=OFF');
  const rows = tables.flatMap((table) =>
    database
      .prepare(`SELECT * FROM ${table.name}`)
      .all()
      .map((row) => ({ table, row })),
  );
  return { rows, database, close: () => database.close() };
}

/** Undefined when the file's own rules do not let the value in. */
export function damageRow(
  log: LogRows,
  o: {
    readonly row: number;
    readonly column: number;
    readonly isSealed: boolean;
    readonly bytes: Uint8Array;
  },
): { readonly place: string; undo(): void } | undefined {
  const found = log.rows[o.row % log.rows.length];
  if (!found) return undefined;
  const { table, row } = found;
  const columns = Object.keys(row);
  const column = columns[o.column % columns.length] ?? '';
  const changed: Record<string, SQLInputValue> = { ...row, [column]: alter(row[column], o.bytes) };
  if (o.isSealed && column !== 'crc') {
    changed['crc'] = checksumOf(table.fields(changed as Row, log));
  }
  try {
    put(log.database, table, row, changed);
  } catch {
    return undefined;
  }
  const undo = (): void => put(log.database, table, changed, row);
  return { place: `${table.name}.${column}`, undo };
}

function put(
  database: DatabaseSync,
  { name, keys }: Table,
  before: Readonly<Record<string, SQLInputValue>>,
  after: Readonly<Record<string, SQLInputValue>>,
): void {
  const columns = Object.keys(after);
  const set = columns.map((column) => `${column} = ?`).join(', ');
  const where = keys.map((key) => `${key} = ?`).join(' AND ');
  const values = [...columns.map((column) => after[column] ?? null)];
  const key = keys.map((one) => before[one] ?? null);
  database.prepare(`UPDATE ${name} SET ${set} WHERE ${where}`).run(...values, ...key);
}

/** Another value of the same type, chosen by the bytes. */
function alter(value: SQLOutputValue | undefined, bytes: Uint8Array): SQLInputValue {
  const [kind = 0, at = 0, by = 0] = bytes;
  if (value instanceof Uint8Array) return alterBytes(value, bytes);
  if (typeof value === 'string') {
    const index = at % (value.length + 1);
    const replaced = value.slice(0, index) + String.fromCharCode(by) + value.slice(index + 1);
    return kind % 4 === 0 ? value.slice(0, index) : replaced;
  }
  if (typeof value !== 'number') return 'x';
  const extremes = [0, -1, 2 ** 31, 2 ** 53 - 1, 2n ** 53n, 2n ** 63n - 1n, -(2n ** 63n)];
  return kind % 2 ? value + (by % 9) - 4 : (extremes[at % extremes.length] ?? 0);
}

function alterBytes(value: Uint8Array, bytes: Uint8Array): Uint8Array {
  const [kind = 0, at = 0, by = 0] = bytes;
  if (kind % 4 === 0) return value.slice(0, at % (value.length + 1));
  if (kind % 4 === 1) return Uint8Array.of(...value, ...bytes);
  const changed = value.slice();
  const index = at % Math.max(1, changed.length);
  if (changed.length > 0) changed[index] = (changed[index] ?? 0) ^ (1 + (by % 255));
  return changed;
}

/** As docs/adr/0004-log-on-sqlite.md has it: CRC-32 over words, with lengths for bytes, then bytes. */
function checksumOf(fields: readonly SQLOutputValue[]): number {
  const words = fields.map((field) => (field instanceof Uint8Array ? field.length : (field ?? '')));
  return fields
    .filter((field) => field instanceof Uint8Array)
    .reduce((sum, field) => crc32(field, sum), crc32(words.join('\n')));
}

function valuesOf(row: Row, columns: readonly string[]): readonly SQLOutputValue[] {
  return columns.map((column) => row[column] ?? null);
}

function nameOf(log: LogRows, document: SQLOutputValue | undefined): SQLOutputValue {
  return find(log, 'documents', document)?.['name'] ?? null;
}

function find(log: LogRows, table: string, id: SQLOutputValue | undefined): Row | undefined {
  return log.rows.find((one) => one.table.name === table && one.row['id'] === id)?.row;
}
