// Rows as aligned columns for a terminal: names first, empty columns left out.

export type TableRow = Readonly<Record<string, string | number>>;

/** One line per row below a line of names. Numbers stand at the right. */
export function formatTable(rows: readonly TableRow[]): string {
  const names = Object.keys(rows[0] ?? {}).filter((name) => rows.some((row) => row[name] !== ''));
  const widths = names.map((name) =>
    Math.max(name.length, ...rows.map((row) => String(row[name] ?? '').length)),
  );
  const line = (cellOf: (name: string) => string | number): string =>
    names
      .map((name, column) => {
        const cell = cellOf(name);
        const width = widths[column] ?? 0;
        return typeof cell === 'number' ? String(cell).padStart(width) : cell.padEnd(width);
      })
      .join('  ')
      .trimEnd();
  return [line((name) => name), ...rows.map((row) => line((name) => row[name] ?? ''))].join('\n');
}
