// The printers: one entry per cell in each form, and names that cannot do any harm.
import { expect, test } from 'vitest';
import type { DescribedCell, DescribedPolicy, DescribedRow } from './described-policy.ts';
import { tableToMarkdown, tableToText } from './print-table.ts';
import { tableToHtml } from './table-html.ts';

function cellOf(operation: string, invariant: string, o: Partial<DescribedCell> = {}) {
  return {
    operation,
    invariant,
    kind: 'risk',
    cutOff: `proceeds as tentative; mended by compensations.${invariant}`,
    why: `it may break ${invariant}; going on was chosen, and mending afterwards`,
    connected: 'here',
    hasCompensation: true,
    ...o,
  } as const;
}

function policyOf(
  operations: readonly string[],
  invariants: readonly string[],
  o: Partial<DescribedRow> = {},
): DescribedPolicy {
  const rows = operations.map((operation) => ({
    operation,
    connected: 'here' as const,
    askedBy: [],
    cells: invariants.map((invariant) => cellOf(operation, invariant)),
    ...o,
  }));
  return { app: 'shop', version: 3, invariants, rows };
}

const small = policyOf(['sell'], ['inStock', 'even']);

test('as text: operations with their cells below, aligned, in lines of the width that was asked for', () => {
  expect(tableToText(small)).toBe(
    `Policy table of shop, version 3: 1 operation × 2 invariants = 2 cells

sell
  While connected: runs here, at once.
  inStock  risk  proceeds as tentative; mended by compensations.inStock.
                 Why: it may break inStock; going on was chosen, and mending
                 afterwards.
  even     risk  proceeds as tentative; mended by compensations.even.
                 Why: it may break even; going on was chosen, and mending
                 afterwards.`,
  );
});

test('as text: no line is wider than asked, whatever the names, and no word is lost', () => {
  const long = 'x'.repeat(200);
  for (const width of [40, 80, 132]) {
    const text = tableToText(policyOf(['sell', long], ['inStock', long]), { width });
    const widest = Math.max(...text.split('\n').map((line) => line.length));
    expect(widest).toBeLessThanOrEqual(width);
    expect(widest).toBeGreaterThan(width - 12);
    expect(text.replace(/\s/g, '')).toContain(`compensations.${long}.Why:itmaybreak${long};`);
  }
  expect(tableToText(small, { width: 1 })).toBe(tableToText(small, { width: 40 }));
});

test('as text: where little is left beside the names, sentences stand below', () => {
  const policy = policyOf(['sell'], ['nonNegativeBalances', 'a-name-of-more-than-24-characters']);
  expect(tableToText(policy, { width: 60 })).toBe(
    `Policy table of shop, version 3: 1 operation × 2 invariants
= 2 cells

sell
  While connected: runs here, at once.
  nonNegativeBalances       risk
      proceeds as tentative; mended by
      compensations.nonNegativeBalances.
      Why: it may break nonNegativeBalances; going on was
      chosen, and mending afterwards.
  a-name-of-more-than-24-characters
                            risk
      proceeds as tentative; mended by
      compensations.a-name-of-more-than-24-characters.
      Why: it may break a-name-of-more-than-24-characters;
      going on was chosen, and mending afterwards.`,
  );
});

test('as text: control characters and turned directions are shown, not sent', () => {
  const text = tableToText(policyOf(['\u001b[31mred'], ['a\nb', 'c\u202ed']));
  expect(text).not.toMatch(/[^\P{Cc}\n]|\u202e/u);
  expect(text).toContain('\\u{1b}[31mred');
  expect(text).toContain('a\\u{a}b');
  expect(text).toContain('c\\u{202e}d');
});

test('as Markdown: a table with a row per cell', () => {
  expect(tableToMarkdown(small).split('\n')).toEqual([
    '## Policy table of shop, version 3: 1 operation × 2 invariants = 2 cells',
    '',
    '| Operation | Invariant | Cell | While cut off | Why | While connected |',
    '| --- | --- | --- | --- | --- | --- |',
    '| sell | inStock | risk | proceeds as tentative; mended by compensations.inStock | it may break inStock; going on was chosen, and mending afterwards | here |',
    '| sell | even | risk | proceeds as tentative; mended by compensations.even | it may break even; going on was chosen, and mending afterwards | here |',
    '',
    '- **sell**: While connected: runs here, at once.',
  ]);
});

test('as Markdown: no name adds a column, a row, markup or a link', () => {
  const hostile = ['a|b', '<script>alert(1)</script>', 'c\nd', '[x](javascript:1)', '\\|', '`*_~'];
  const markdown = tableToMarkdown(policyOf(hostile, ['a|b', 'http://x.y', 'www.x.y', '&lt;']));
  const rows = markdown.split('\n').filter((line) => line.startsWith('|'));
  expect(rows).toHaveLength(2 + 6 * 4);
  for (const row of rows) expect(row.match(/(?<!\\)(?:\\\\)*\|/g)).toHaveLength(7);
  expect(markdown).not.toMatch(/<|(?<!\\)[`\][]|(?<!\\):\/\/|www\./);
  expect(markdown).toContain('&amp;lt;');
});

test('as HTML: a caption, and a scope for every head; one row per cell', () => {
  const html = tableToHtml(small);
  expect(html).toMatch(/^<!doctype html>\n<html lang="en">/);
  expect(html).toContain('<caption>Policy table of shop, version 3: 1 operation');
  expect(html.match(/<tr class="cell">/g)).toHaveLength(2);
  expect(html.match(/<th scope="(?:col|row|rowgroup)">/g)).toHaveLength(2 + 1 + 2);
  expect(html.match(/<th\b/g)).toHaveLength(2 + 1 + 2);
  expect(html).toContain('prefers-color-scheme: dark');
});

test('as HTML: the kind is a word, so that colour is never all there is', () => {
  const html = tableToHtml({
    ...small,
    rows: small.rows.map((row) => ({
      ...row,
      cells: [cellOf('sell', 'even', { kind: 'decided per call' })],
    })),
  });
  expect(html).toContain('<b class="kind decided-per-call">decided per call</b>');
});

test('as HTML: a hostile name is text', () => {
  const hostile = `<script>alert('x')</script>"&\u202e`;
  const html = tableToHtml({ ...policyOf([hostile], [hostile]), app: hostile });
  expect(html).not.toMatch(/<script|alert\('|<\/script|\u202e/);
  const escaped = '&lt;script&gt;alert(&#39;x&#39;)&lt;/script&gt;&quot;&amp;\\u{202e}';
  expect(html).toContain(`<title>Policy table of ${escaped},`);
  expect(html).toContain(`<th scope="rowgroup">${escaped}</th>`);
  expect(html).toContain(`<th scope="row">${escaped}</th>`);
  expect(html).toContain(`mended by compensations.${escaped}.</p>`);
});

test('all of them say what holds for a whole operation', () => {
  const policy = policyOf(['sell'], ['even'], {
    connected: 'asks the primary',
    askedBy: ['even'],
    bound: { withinMs: 2_000, onTimeout: 'proceed' },
    whenStale: 'keep',
  });
  for (const print of [tableToText, tableToMarkdown, tableToHtml]) {
    const text = print(policy).replace(/\s+/g, ' ').replaceAll('\\', '');
    expect(text).toContain('asks the primary, because of even (risk).');
    expect(text).toContain('Not committed within 2000 ms: it counts as cut off');
    expect(text).toContain('no longer holds at the audit: it is kept.');
  }
  const perCall = policyOf(['sell'], ['even'], {
    connected: 'decided per call',
    whenStale: 'void',
  });
  expect(tableToText(perCall)).toContain('here or at the primary, decided per call.');
  expect(tableToText(perCall)).toContain('at the audit: it is void.');
});

test('an app of edits only says so', () => {
  const policy = policyOf([], []);
  for (const print of [tableToText, tableToMarkdown, tableToHtml]) {
    expect(print(policy)).toContain('edits only, no operations to decide');
  }
});
