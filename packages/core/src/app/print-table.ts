// A described policy table for people: as text for a terminal, and as Markdown. One entry per cell.
import type { DescribedCell, DescribedPolicy, DescribedRow } from './described-policy.ts';
import { escapeControls, escapeMarkdown } from './escape-text.ts';
import { notesOf, titleOf } from './table-words.ts';
import { lengthOf, padText, wrapText } from './wrap-text.ts';

const defaultWidth = 80;
/** Narrower than this no sentence can be read; the terminal may break such lines itself. */
const widthMin = 40;
const indent = '  ';
/** Where less is left beside names and kinds, sentences stand below them. */
const sentenceWidthMin = 40;
/** A longer name stands on a line of its own: it must not push all others to the right. */
const nameWidthMax = 24;

/**
 * Text for a terminal, in lines of at most `width` columns (default 80, at least 40), without a
 * final line feed. Control characters of names are shown, not sent.
 */
export function tableToText(
  policy: DescribedPolicy,
  o: { readonly width?: number | undefined } = {},
): string {
  const width = Math.max(widthMin, o.width ?? defaultWidth);
  const cells = policy.rows.flatMap((row) => row.cells);
  const longest = Math.max(0, ...cells.map((cell) => lengthOf(escapeControls(cell.invariant))));
  const layout: Layout = {
    width,
    nameWidth: Math.min(longest, nameWidthMax),
    kindWidth: Math.max(0, ...cells.map((cell) => cell.kind.length)),
  };
  const title = wrapText(escapeControls(titleOf(policy)), width).join('\n');
  return [title, ...policy.rows.map((row) => rowToText(row, layout))].join('\n\n');
}

interface Layout {
  readonly width: number;
  readonly nameWidth: number;
  readonly kindWidth: number;
}

function rowToText(row: DescribedRow, layout: Layout): string {
  const inside = layout.width - indent.length;
  return [
    ...wrapText(escapeControls(row.operation), layout.width),
    ...notesOf(row).flatMap((note) =>
      wrapText(`${escapeControls(note)}.`, inside).map((line) => indent + line),
    ),
    ...row.cells.flatMap((cell) => cellToText(cell, layout)),
  ].join('\n');
}

function cellToText(cell: DescribedCell, layout: Layout): readonly string[] {
  const { width, nameWidth, kindWidth } = layout;
  const name = escapeControls(cell.invariant);
  const beside = indent.length * 3 + nameWidth + kindWidth;
  const isStacked = width - beside < sentenceWidthMin;
  const margin = ' '.repeat(isStacked ? indent.length * 3 : beside);
  const sentences = [`${cell.cutOff}.`, `Why: ${cell.why}.`]
    .map(escapeControls)
    .flatMap((text) => wrapText(text, width - margin.length))
    .map((line) => margin + line);
  const isLong = lengthOf(name) > nameWidth;
  const ownLines = isLong ? wrapText(name, width - indent.length).map((line) => indent + line) : [];
  const head = indent + padText(isLong ? '' : name, nameWidth) + indent + cell.kind;
  if (isStacked) return [...ownLines, head, ...sentences];
  const [first = '', ...rest] = sentences;
  return [...ownLines, padText(head, beside) + first.slice(beside), ...rest];
}

/**
 * A Markdown section: a heading, one table with a row per cell, and what else holds for operations.
 * For GitHub's dialect; every name and sentence is escaped, so none can add a column or markup.
 */
export function tableToMarkdown(policy: DescribedPolicy): string {
  const title = `## ${escapeMarkdown(titleOf(policy))}`;
  if (policy.rows.length === 0) return title;
  const names = ['Operation', 'Invariant', 'Cell', 'While cut off', 'Why', 'While connected'];
  const line = (columns: readonly string[]): string => `| ${columns.join(' | ')} |`;
  const cells = policy.rows.flatMap((row) => row.cells);
  const table = [
    line(names),
    line(names.map(() => '---')),
    ...cells.map((cell) => line(columnsOf(cell).map(escapeMarkdown))),
  ];
  const notes = policy.rows.map((row) => {
    const text = notesOf(row).map((note) => `${escapeMarkdown(note)}.`);
    return `- **${escapeMarkdown(row.operation)}**: ${text.join(' ')}`;
  });
  return [title, table.join('\n'), notes.join('\n')].join('\n\n');
}

function columnsOf(cell: DescribedCell): readonly string[] {
  const { operation, invariant, kind, cutOff, why, connected } = cell;
  return [operation, invariant, kind, cutOff, why, connected];
}
