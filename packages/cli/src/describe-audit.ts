// An audit as people read it: first what differs, then what could not be judged, then what is new.
import type { AuditDifference, DocumentId, Fact, OperationSummary } from '@causeway/core';
import type { Audit } from './audit-module.ts';
import { formatTable, type TableRow } from './format-table.ts';

export interface AuditedDocument extends Audit {
  readonly document: DocumentId;
}

/** Tables, one below the other; those without rows are left out. */
export function describeAudit(audit: AuditedDocument): string {
  const { document, app, version, entries, reproduced, differences, unjudged, pending, newer } =
    audit;
  const kinds = Object.entries(reproduced).map(([fact, count]) => ({ fact, count }));
  const isSame = differences.length === 0;
  const verdict = isSame ? 'as recorded' : `${differences.length} differences`;
  return [
    `${document}: ${entries} entries replayed with ${app} ${version}: ${verdict}`,
    ...section('found as recorded', kinds),
    ...section('differences', differences.map(differenceRow)),
    ...section(
      'taken as recorded: their version is not loaded',
      unjudged.map(({ position, name, codeVersion, operation }) => {
        return { position, operation: `${name} ${short(operation)}`, version: codeVersion };
      }),
    ),
    ...section('found, and not due in the log yet', pending.map(factRow)),
    ...(newer ? newerSections(newer) : []),
  ].join('\n\n');
}

function newerSections(newer: NonNullable<Audit['newer']>): readonly string[] {
  const title = `not recorded: what rules that came with version ${newer.version} would have found`;
  const rows = newer.violations.map(({ position, invariant, key, from, to, trigger }) => {
    return { position, invariant, key, from, to, operation: nameOf(trigger) };
  });
  const none = rows.length === 0 ? [`${title}: nothing`] : [];
  const { threw } = newer;
  const failed = threw
    ? [`version ${newer.version} threw at ${threw.position}: ${threw.message}`]
    : [];
  return [...section(title, rows), ...none, ...failed];
}

function section(title: string, rows: readonly TableRow[]): readonly string[] {
  return rows.length > 0 ? [title, formatTable(rows)] : [];
}

function differenceRow({ what, position, recorded, found, message }: AuditDifference): TableRow {
  return {
    position,
    what,
    fact: (recorded ?? found)?.fact ?? '',
    recorded: recorded ? textOf(recorded) : '',
    found: found ? textOf(found) : (message ?? ''),
  };
}

function factRow(fact: Fact): TableRow {
  return { fact: fact.fact, found: textOf(fact) };
}

/** What a person looks for in a fact; all of it is in the JSON. */
function textOf(fact: Fact): string {
  switch (fact.fact) {
    case 'violation': {
      const names = fact.participants.map(nameOf).join(', ');
      return `${fact.invariant} of ${fact.key}: ${fact.from} to ${fact.to} by ${names}`;
    }
    case 'refused':
      return `${short(fact.operation)}: ${fact.code} (${fact.reason})`;
    case 'case':
      return `${fact.id.slice(0, 10)}: ${fact.state}, deficit ${fact.deficit}`;
    case 'verdict':
      return `${short(fact.verdict.operation)}: ${fact.verdict.verdict}`;
    default: {
      const { fact: _, ...rest } = fact;
      return JSON.stringify(rest);
    }
  }
}

function nameOf({ name, args, replica }: OperationSummary): string {
  return `${name} ${JSON.stringify(args)} at ${short(replica)}`;
}

function short(id: string): string {
  return id.slice(0, 8);
}
