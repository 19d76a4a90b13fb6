// Claim: one `decide(…)` costs under 5 µs, however long the history, large the document, or many the
// replicas. The yardsticks are what a machine cannot do without: a call, a lookup in a Map of that size,
// and the read that a function cell may make. A row that reads pays for its read: of 10⁶ keys most
// are in no cache, and memory takes its time. Such a row must stay under the bound, but cannot be flat.
import { decide, type OperationId, type Proposal, type ReplicaId } from '@causeway/core';
import type { BenchOptions } from './benchmark.ts';
import { type Axis, app, axes, type GrownDocument, growDocument } from './growing-document.ts';
import { type Act, measureMicros } from './measure.ts';

const microsMax = 5;
/** Against the smallest size. A shared machine alone moves a median by a tenth or two. */
const ratioMax = 1.5;
/** Many short rounds: on a shared machine most of them are left alone. */
const rounds = 101;
/** Different keys in turn: one key over and over would always be in the processor's cache. */
const proposalsPerRow = 1_024;
const callsPerRound = 16 * proposalsPerRow;

const rowNames = ['safe', 'limit', 'function', 'reading'] as const;
const yardsticks = ['view read', 'Map lookup', 'empty call'] as const;

/** One line of the table: µs per size. */
interface Line {
  readonly name: string;
  readonly micros: readonly number[];
}

/** Prints µs per decision for each row, axis and size; true where all are below the bound and flat. */
export function policyDecision({ powerMax }: BenchOptions): boolean {
  const sizes = Array.from({ length: powerMax - 1 }, (_, power) => 10 ** (power + 2));
  console.log(`policy-decision: µs per decide(…), median of ${rounds} interleaved rounds`);
  const misses = axes.flatMap((axis) => measureAxis(axis, sizes));
  console.log(
    misses.length === 0
      ? `\nHOLDS: every decision under ${microsMax} µs, no size above ${ratioMax} × the smallest (but for the read of a row that reads)`
      : `\nDOES NOT HOLD:\n${misses.map((miss) => `  ${miss}`).join('\n')}`,
  );
  return misses.length === 0;
}

/** Returns what misses the claim. */
function measureAxis(axis: Axis, sizes: readonly number[]): readonly string[] {
  const documents = sizes.map((size) => growDocument(axis, size));
  const names = [...rowNames, ...yardsticks];
  const acts = documents.flatMap((document) => [
    ...rowNames.map((row) => decideOn(row, document)),
    readOf(document),
    lookUpIn(document),
    emptyCall,
  ]);
  const micros = measureMicros(acts, { rounds, callsPerRound });
  const lines = names.map((name, index) => ({
    name,
    micros: documents.map((_, at) => micros[at * names.length + index] ?? Number.NaN),
  }));
  printLines(axis, sizes, lines);
  return lines.slice(0, rowNames.length).flatMap((line) => missesOf(axis, sizes, line));
}

/** Nothing is held: no row here asks for a home. */
const nobodyElse = { holds: () => false, holder: () => undefined } as const;

function decideOn(name: (typeof rowNames)[number], { view, keys }: GrownDocument): Act {
  const proposals = spread(keys).map(
    (item): Proposal => ({
      name,
      args: { item, pieces: 1 },
      subjects: [item],
      op: {
        id: '0'.repeat(32) as OperationId,
        user: { id: 'anonymous', roles: [] },
        replica: '1'.repeat(32) as ReplicaId,
        mode: 'partitioned',
        wallMs: 0,
      },
      homes: nobodyElse,
      rights: { remaining: () => 0 },
    }),
  );
  return (turn) => {
    const proposal = proposals[turn % proposalsPerRow];
    return proposal && decide(app.definition, view, proposal);
  };
}

const emptyCall: Act = () => undefined;

function readOf({ view, keys }: GrownDocument): Act {
  const asked = spread(keys);
  return (turn) => view.stock.get(asked[turn % proposalsPerRow] ?? '');
}

/** In a Map of that size, asked with equal strings, not with the same ones: as arguments come in. */
function lookUpIn({ size }: GrownDocument): Act {
  const keysOf = (): string[] => Array.from({ length: size }, (_, at) => `item-${at}`);
  const found = new Map(keysOf().map((key, at) => [key, { at }]));
  const asked = spread(keysOf());
  return (turn) => found.get(asked[turn % proposalsPerRow] ?? '')?.at;
}

/** So many of them, from all over. */
function spread(keys: readonly string[]): readonly string[] {
  return Array.from(
    { length: proposalsPerRow },
    (_, at) => keys[Math.floor((at * keys.length) / proposalsPerRow)] ?? '',
  );
}

function printLines(axis: Axis, sizes: readonly number[], lines: readonly Line[]): void {
  const row = (name: string, columns: readonly string[]): string =>
    name.padEnd(12) + columns.map((column) => column.padStart(10)).join('');
  const heads = sizes.map((size) => `10^${Math.log10(size)}`);
  console.log(`\n${row(axis, [...heads, 'worst ×'])}`);
  for (const line of lines) {
    const micros = line.micros.map((value) => value.toFixed(3));
    console.log(row(line.name, [...micros, worstRatio(line).toFixed(2)]));
  }
}

function worstRatio({ micros }: Line): number {
  return Math.max(...micros) / (micros[0] ?? Number.NaN);
}

function missesOf(axis: Axis, sizes: readonly number[], line: Line): readonly string[] {
  const worst = Math.max(...line.micros);
  const where = `${line.name} row, ${axis} to ${sizes.at(-1)}`;
  const isFlat = line.name === 'reading' || worstRatio(line) <= ratioMax;
  return [
    ...(worst < microsMax ? [] : [`${where}: ${worst.toFixed(3)} µs`]),
    ...(isFlat ? [] : [`${where}: ${worstRatio(line).toFixed(2)} × the smallest`]),
  ];
}
