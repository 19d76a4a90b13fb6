// A recovery report for people to read or to pass on, as Markdown. Names come from applications: none may
// act on the page that shows it.
import {
  escapeMarkdown,
  type Outcome,
  type RecoveryReport,
  type ReportedCase,
} from '@causeway/core';

const stageWords: Readonly<Record<RecoveryReport['stage'], string>> = {
  'cut-off': 'still cut off',
  recovering: 'connected again, catching up',
  recovered: 'all is together; something is still to be decided',
  settled: 'over, and everything is decided',
};

const causeWords: { readonly [why: string]: string } = {
  'bound-missed': 'the relay did not answer in time',
  'closed-past-bound': 'the line was closed for too long',
  'operation-late': 'an operation was not committed in time',
  'went-offline': 'switched off by hand',
};

/** The whole report: a heading, what was done, what came together, and each broken rule. */
export function reportToMarkdown(report: RecoveryReport): string {
  const { beganWallMs, cases, done, endedWallMs, intents, merged, order, unlisted, why } = report;
  const until = endedWallMs === undefined ? '' : ` to ${timeOf(endedWallMs)}`;
  const lines = [
    `# Cut off from ${timeOf(beganWallMs)}${until}`,
    '',
    `- Cause: ${escapeMarkdown(causeWords[why] ?? why)}`,
    `- Now: ${stageWords[report.stage]}`,
    `- Done here meanwhile: ${count(done.length, 'operation')}, ${intents.length} of them for the primary to run`,
    `- Came together: ${count(merged.own, 'change')} of this device, ${merged.others} of others`,
    `- Broken rules: ${cases.length}`,
  ];
  if (order.length > 0) lines.push('', '## In the order of the log', '', ...orderTable(report));
  if (merged.unread > 0) {
    lines.push('', `${count(merged.unread, 'entry', 'entries')} came by another tab: not listed.`);
  }
  if (unlisted > 0) lines.push('', `${count(unlisted, 'more operation')} not listed.`);
  for (const found of cases) lines.push('', ...caseSection(found));
  return `${lines.join('\n')}\n`;
}

function orderTable({ order }: RecoveryReport): readonly string[] {
  const rows = order.map(({ position, name, id, kind, isOwn, outcome }) => {
    const who = isOwn ? 'this device' : kind === 'result' ? 'the primary' : 'others';
    const cells = [String(position), escapeMarkdown(name), kind, who, outcomeWords(outcome)];
    return `| ${[...cells, escapeMarkdown(id)].join(' | ')} |`;
  });
  const head = '| position | operation | as | by | outcome | id |';
  return [head, '| ---: | --- | --- | --- | --- | --- |', ...rows];
}

function outcomeWords(outcome: Outcome | undefined): string {
  if (!outcome) return 'not decided yet';
  return outcome.type === 'refused' ? `refused: ${outcome.code}` : outcome.type;
}

function caseSection(found: ReportedCase): readonly string[] {
  const { affected, compensation, deficit, invariant, key, participants, triggers } = found;
  const list = (ids: readonly string[]): string => ids.map(escapeMarkdown).join(', ');
  return [
    `## ${escapeMarkdown(invariant)} of ${escapeMarkdown(key)}: ${found.state}`,
    '',
    `- Made worse by: ${list(triggers)}`,
    `- Explained by: ${list(participants)}`,
    ...(compensation ? [`- Mended by: ${escapeMarkdown(compensation)}`] : []),
    ...(affected.length > 0 ? [`- Built on it since, left as they are: ${list(affected)}`] : []),
    ...(deficit > 0 ? [`- Still missing: ${deficit}`] : []),
  ];
}

function count(of: number, thing: string, things = `${thing}s`): string {
  return `${of} ${of === 1 ? thing : things}`;
}

/** UTC, to the second: reports are compared across devices. */
function timeOf(wallMs: number): string {
  return new Date(wallMs).toISOString().replace(/\.\d+Z$/, 'Z');
}
