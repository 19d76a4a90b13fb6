// `causeway inspect`: the log of a document as a table, with what became of each operation. Reads
// the file only, also while a relay runs.
import { parseArgs } from 'node:util';
import {
  type CoordinationFold,
  decodeFacts,
  decodeHeader,
  decodeOperationPayload,
  documentIdRule,
  emptyFold,
  foldFact,
  type LogEntry,
  outcomeOf,
  parseDocumentId,
} from '@causeway/core';
import { type LogReader, openLogReader } from '@causeway/relay';
import { UsageError } from './usage-error.ts';

interface Line {
  readonly position: number;
  readonly replica: string;
  readonly writer: string;
  readonly seq: number;
  readonly kind: string;
  readonly operation: string;
  readonly mode: string;
  readonly cell: string;
  readonly outcome: string;
}

/** Prints log, cases and version vector of one document. */
export async function inspect(args: string[]): Promise<void> {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: { json: { type: 'boolean', default: false } },
  });
  const [folder, name] = positionals;
  if (!folder || !name) throw new UsageError('inspect needs a data folder and a document');
  const document = parseDocumentId(name);
  if (!document) throw new UsageError(`"${name}" is no document id: use ${documentIdRule}`);
  const reader = openLogReader(folder);
  try {
    if (!reader.documents().includes(document)) {
      const known = reader.documents().join(', ') || 'none yet';
      throw new Error(`there is no document "${name}" in ${folder}; there are: ${known}`);
    }
    print(read(reader, document), values.json);
  } finally {
    reader.close();
  }
}

function read(reader: LogReader, document: Parameters<LogReader['head']>[0]) {
  const fold = emptyFold();
  const entries: LogEntry[] = [];
  for (const { entry } of reader.entries(document)) {
    entries.push(entry);
    if (decodeHeader(entry.sealed.header)?.kind !== 'coordination') continue;
    for (const fact of decodeFacts(entry.sealed.payload) ?? []) foldFact(fold, fact);
  }
  const { log, epoch, position } = reader.head(document);
  return {
    log,
    epoch,
    position,
    lines: entries.map((entry) => toLine(entry, fold)),
    cases: [...fold.casesById.values()],
    vector: Object.fromEntries(
      reader.roster(document).map(({ record, seq }) => [record.writer, seq]),
    ),
  };
}

function toLine(entry: LogEntry, fold: CoordinationFold): Line {
  const header = decodeHeader(entry.sealed.header);
  const operation = header?.operation;
  const args = operation && decodeOperationPayload(entry.sealed.payload)?.args;
  return {
    position: entry.position,
    replica: entry.author.replica.slice(0, 8),
    writer: entry.author.writer.slice(0, 8),
    seq: entry.seq,
    kind: header?.kind ?? 'unreadable',
    operation: operation ? `${operation.name} ${JSON.stringify(args ?? null)}` : '',
    mode: operation?.decision.mode ?? '',
    cell: operation ? `${operation.decision.cell} ${operation.decision.invariant}` : '',
    outcome: outcomeWords(entry, fold),
  };
}

function outcomeWords(entry: LogEntry, fold: CoordinationFold): string {
  const header = decodeHeader(entry.sealed.header);
  if (header?.kind !== 'operation' || !header.operation) return '';
  const outcome = outcomeOf(fold, header.operation.id, entry.position);
  if (!outcome) return 'not audited yet';
  if (outcome.type === 'compensated') return `compensated (${outcome.case.slice(0, 10)})`;
  return outcome.type === 'refused' ? `refused: ${outcome.code}` : 'confirmed';
}

function print(found: ReturnType<typeof read>, isJson: boolean): void {
  if (isJson) {
    console.log(JSON.stringify(found, undefined, 2));
    return;
  }
  console.log(`log ${found.log}, epoch ${found.epoch}, ${found.position} entries`);
  console.table(found.lines);
  for (const one of found.cases) {
    const names = one.violations
      .flatMap((violation) => violation.participants)
      .map(
        ({ name, args, replica }) => `${name} ${JSON.stringify(args)} at ${replica.slice(0, 8)}`,
      );
    const state = `${one.invariant} of ${one.key}: ${one.state}, deficit ${one.deficit}`;
    console.log(`case ${one.id.slice(0, 10)}  ${state}\n  ${[...new Set(names)].join('\n  ')}`);
  }
  console.log('version vector', found.vector);
}
