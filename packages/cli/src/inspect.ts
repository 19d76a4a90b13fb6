// `causeway inspect`: prints the log of one document. It reads the file only, also while a relay runs.
import { parseArgs } from 'node:util';
import type { CaseRecord, OutboxEntry } from '@causeway/core';
import { help } from './command-help.ts';
import { formatTable } from './format-table.ts';
import { openDocument } from './open-document.ts';
import { type InspectedEntry, type InspectedLog, readLog } from './read-log.ts';
import { parseUsage, UsageError } from './usage-error.ts';

/** Prints log, cases and version vector of one document. */
export async function inspect(args: string[]): Promise<void> {
  const { values, positionals } = parseUsage('inspect', () =>
    parseArgs({
      args,
      allowPositionals: true,
      options: {
        json: { type: 'boolean', default: false },
        help: { type: 'boolean', short: 'h', default: false },
      },
    }),
  );
  if (values.help) {
    console.log(help.inspect);
    return;
  }
  const [folder, name] = positionals;
  if (folder === undefined || name === undefined || positionals.length > 2) {
    throw new UsageError('inspect', 'name a data folder and a document');
  }
  const found = find(folder, name);
  console.log(values.json ? JSON.stringify(found, undefined, 2) : describe(found));
}

function find(folder: string, name: string): InspectedLog {
  const { reader, document } = openDocument('inspect', folder, name);
  try {
    return readLog(reader, document);
  } finally {
    reader.close();
  }
}

function describe(found: InspectedLog): string {
  const { document, log, epoch, position, auditedTo } = found;
  const writers = Object.entries(found.vector).map(([writer, seq]) => ({ writer, seq }));
  return [
    `${document}: ${position} entries, audited to ${auditedTo} (log ${log}, epoch ${epoch})`,
    formatTable(found.entries.map(toRow)),
    ...(found.cases.length > 0 ? ['cases', found.cases.map(describeCase).join('\n')] : []),
    ...(found.effects.length > 0
      ? ['effects at the primary', formatTable(found.effects.map(toEffectRow))]
      : []),
    ...(found.historyLost.length > 0
      ? ['records of effects lost', found.historyLost.join('\n')]
      : []),
    'version vector',
    formatTable(writers),
  ].join('\n\n');
}

function toRow(entry: InspectedEntry) {
  const { operation } = entry;
  return {
    position: entry.position,
    replica: short(entry.replica),
    writer: short(entry.writer),
    seq: entry.seq,
    kind: entry.kind,
    operation: operation ? `${operation.name} ${JSON.stringify(operation.args ?? null)}` : '',
    mode: operation?.mode ?? '',
    cell: operation ? `${operation.cell} ${operation.invariant}` : '',
    outcome: entry.outcome ?? '',
  };
}

function toEffectRow({ effect, name, state, attempt, receipt, reason, why }: OutboxEntry) {
  const answer = receipt === undefined ? (reason ?? why ?? '') : JSON.stringify(receipt);
  return { effect, name, state, attempts: attempt, answer };
}

function describeCase(found: CaseRecord): string {
  const { id, invariant, key, state, deficit, violations } = found;
  const participants = violations
    .flatMap((violation) => violation.participants)
    .map(({ name, args, replica }) => `${name} ${JSON.stringify(args)} at ${short(replica)}`);
  const lines = [...new Set(participants)].map((line) => `\n  ${line}`).join('');
  return `${id.slice(0, 10)}  ${invariant} of ${key}: ${state}, deficit ${deficit}${lines}`;
}

function short(id: string): string {
  return id.slice(0, 8);
}
