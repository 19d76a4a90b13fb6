// A described policy table as a page of its own: two columns, so that a phone shows it unscrolled.
// Kinds are words with a frame; colour only repeats what the word says.
import type { DescribedCell, DescribedPolicy, DescribedRow } from './described-policy.ts';
import { escapeHtml } from './escape-text.ts';
import { notesOf, titleOf } from './table-words.ts';

/**
 * A complete HTML document without scripts and without requests. Operations head groups of rows and
 * invariants head rows, so that a screen reader can say where a cell stands.
 */
export function tableToHtml(policy: DescribedPolicy): string {
  const title = escapeHtml(titleOf(policy));
  return [
    '<!doctype html>',
    '<html lang="en">',
    '<head>',
    '<meta charset="utf-8">',
    '<meta name="viewport" content="width=device-width, initial-scale=1">',
    `<title>${title}</title>`,
    `<style>${style}</style>`,
    '</head>',
    '<body>',
    '<main>',
    '<table>',
    `<caption>${title}</caption>`,
    '<thead><tr><th scope="col">Invariant</th><th scope="col">While cut off</th></tr></thead>',
    ...policy.rows.map(rowToHtml),
    '</table>',
    '</main>',
    '</body>',
    '</html>',
  ].join('\n');
}

function rowToHtml(row: DescribedRow): string {
  const notes = notesOf(row).map((note) => `<p>${escapeHtml(note)}.</p>`);
  const name = escapeHtml(row.operation);
  return [
    '<tbody>',
    `<tr class="operation"><th scope="rowgroup">${name}</th><td>${notes.join('')}</td></tr>`,
    ...row.cells.map(cellToHtml),
    '</tbody>',
  ].join('\n');
}

function cellToHtml(cell: DescribedCell): string {
  const kind = `<b class="kind ${cell.kind.replaceAll(' ', '-')}">${escapeHtml(cell.kind)}</b>`;
  const cutOff = `<p>${kind} ${escapeHtml(cell.cutOff)}.</p>`;
  const why = `<p class="why">Why: ${escapeHtml(cell.why)}.</p>`;
  const name = escapeHtml(cell.invariant);
  return `<tr class="cell"><th scope="row">${name}</th><td>${cutOff}${why}</td></tr>`;
}

const style = `
:root { color-scheme: light dark; --ink: #1a1d21; --ground: #fff; --quiet: #555c66;
  --line: #c9ced6; --band: #f0f2f5; --free: #0b6b3a; --some: #8a5200; --none: #a3201d; }
@media (prefers-color-scheme: dark) {
  :root { --ink: #e8eaed; --ground: #14171b; --quiet: #a8b0bb;
    --line: #3d444e; --band: #20252b; --free: #6fd6a0; --some: #f0b860; --none: #ff9a94; }
}
* { box-sizing: border-box; }
body { margin: 0; background: var(--ground); color: var(--ink); font: 16px/1.45 system-ui, sans-serif; }
main { max-width: 60rem; margin: auto; padding: 1rem; }
table { width: 100%; border-collapse: collapse; table-layout: fixed; }
caption { text-align: start; font-weight: 650; padding-block-end: .75rem; overflow-wrap: anywhere; }
th, td { text-align: start; vertical-align: top; padding: .5rem; overflow-wrap: anywhere;
  border-block-end: 1px solid var(--line); }
thead th:first-child { width: 34%; }
th[scope="row"] { font-weight: 500; }
.operation th, .operation td { background: var(--band); border-block-start: 2px solid var(--line); }
p { margin: 0; }
.why, .operation td { color: var(--quiet); }
.kind { display: inline-block; padding: 0 .4em; border: 1px solid; border-radius: .3em; }
.safe { color: var(--free); }
.risk, .limit, .escrow, .home { color: var(--some); }
.delay, .prohibit { color: var(--none); border-style: double; border-width: 3px; }
.decided-per-call { border-style: dashed; }
`;
