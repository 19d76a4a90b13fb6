// Does the log say what its application says of it? The whole log goes once more through the primary's
// own machine, without appends, and each of its recorded answers is compared with the one found now.
// @see docs/adr/0016-checkpoints-and-versions.md
import { canonicalJson } from '../bytes/canonical-json.ts';
import type { ChangeHeader } from '../causality/change.ts';
import { decodeHeader } from '../causality/change-codec.ts';
import type { LogEntry } from '../causality/log-entry.ts';
import type { Fact } from '../coordination/facts.ts';
import type { OperationId } from '../identity.ts';
import { answerAgain } from './answer-again.ts';
import { attempt } from './attempt.ts';
import { definitionFor } from './code-versions.ts';
import { followEntry } from './primary.ts';
import type { PrimarySetup, PrimaryState } from './primary-state.ts';
import { openPrimary } from './primary-state.ts';
import type { RecordedAnswer } from './recorded-answers.ts';
import { readRecorded } from './recorded-answers.ts';

/** Where the log and the replay part. */
export interface AuditDifference {
  /**
   * `not-found`: only the log says so. `not-recorded`: only the replay does. `not-due`: the primary had
   * nothing to say there.
   */
  readonly what: 'not-found' | 'not-recorded' | 'differs' | 'threw' | 'not-due';
  /** Of the entry that says it, or after which it was found. */
  readonly position: number;
  readonly recorded?: Fact;
  readonly found?: Fact;
  /** `threw`: what the application's code said; nothing after it was judged. */
  readonly message?: string;
}

/** An operation of a version that is not loaded: what the log says of it was taken as it is. */
export interface UnjudgedOperation {
  readonly position: number;
  readonly operation: OperationId;
  readonly name: string;
  readonly codeVersion: number;
}

export interface ReplayReport {
  readonly entries: number;
  /** Facts that were found as they are recorded, by kind. */
  readonly reproduced: Readonly<Record<string, number>>;
  readonly differences: readonly AuditDifference[];
  readonly unjudged: readonly UnjudgedOperation[];
  /** Found, and due to be recorded by the next audit: the log's end came first. */
  readonly pending: readonly Fact[];
}

export interface Replay {
  readonly setup: PrimarySetup;
  /** The same entries each time it is asked: they are read twice. */
  readonly entries: () => Iterable<LogEntry>;
  /** Before each entry. */
  readonly onEntry?: (position: number) => void;
}

interface Course {
  readonly state: PrimaryState;
  readonly reproduced: Map<string, number>;
  readonly differences: AuditDifference[];
  readonly unjudged: Map<OperationId, UnjudgedOperation>;
  /** Found where the log has not said it yet, by its text. */
  readonly unsaid: Map<string, AuditDifference>;
}

const moment = { monotonicMs: 0, wallMs: 0, random: 0 };

/** Replays a whole log. Total. Cost: as the audit of it, and a copy of the document per answer. */
export function replayAudit({ setup, entries, onEntry }: Replay): ReplayReport {
  const { answersAt, verdicts } = readRecorded(entries());
  const state = openPrimary({ ...setup, verdicts });
  const course: Course = {
    ...{ state, reproduced: new Map(), differences: [], unjudged: new Map(), unsaid: new Map() },
  };
  let count = 0;
  for (const entry of entries()) {
    onEntry?.(entry.position);
    const { position } = entry;
    count += 1;
    const told = attempt(() => replayEntry(course, entry));
    if ('thrown' in told) {
      course.differences.push({ what: 'threw', position, message: told.thrown });
      break;
    }
    for (const answer of answersAt.get(position) ?? []) compare(course, answer);
  }
  return report(course, count);
}

function replayEntry({ state, unjudged }: Course, entry: LogEntry): void {
  const header = decodeHeader(entry.sealed.header);
  const operation = header && judgedOperation(header);
  if (operation && !definitionFor(state, operation.codeVersion)) {
    const { id, name, codeVersion } = operation;
    unjudged.set(id, { position: entry.position, operation: id, name, codeVersion });
  }
  followEntry(state, entry, moment);
}

/** What the application's code judges: neither compensations nor the engine's own requests. */
function judgedOperation({ kind, operation }: ChangeHeader): ChangeHeader['operation'] {
  const isAsked = kind === 'operation' || kind === 'intent';
  return isAsked && !operation?.name.startsWith('causeway.') ? operation : undefined;
}

function compare(course: Course, answer: RecordedAnswer): void {
  const { state, differences } = course;
  const { position, facts } = answer;
  if (facts.every((fact) => isNotAgain(fact) || fact.fact === 'audited')) {
    if (facts.some(isNotAgain)) return;
  }
  // A case that the log does not open cannot be mended, say.
  const told = attempt(() => answerAgain(state, answer));
  const found = 'value' in told ? told.value : undefined;
  const recorded = answer.facts.filter((fact) => isCompared(course, fact));
  if (!found && recorded.length > 0) {
    const [first] = recorded;
    differences.push({ what: 'not-due', position, ...(first && { recorded: first }) });
    return;
  }
  const foundByName = new Map<string, Fact>();
  for (const fact of found ?? []) if (isCompared(course, fact)) foundByName.set(nameOf(fact), fact);
  for (const fact of recorded) {
    const name = nameOf(fact);
    const twin = foundByName.get(name);
    foundByName.delete(name);
    course.unsaid.delete(name);
    if (twin && canonicalJson(twin) === canonicalJson(fact)) count(course, fact);
    else if (twin) differences.push({ what: 'differs', position, recorded: fact, found: twin });
    else differences.push({ what: 'not-found', position, recorded: fact });
  }
  for (const [name, fact] of foundByName) {
    const difference = { what: 'not-recorded', position, found: fact } as const;
    if (!course.unsaid.has(name)) course.unsaid.set(name, difference);
  }
}

function count({ reproduced }: Course, { fact }: Fact): void {
  reproduced.set(fact, (reproduced.get(fact) ?? 0) + 1);
}

/** What is done outside nobody does again, and the end of a claim is its clock's. */
function isNotAgain(fact: Fact): boolean {
  if ('effect' in fact) return true;
  if (fact.fact !== 'case') return false;
  return fact.state === 'escalated' && !fact.question && !fact.resolution;
}

/** What stands because nobody can judge it again is not compared. */
function isCompared({ unjudged }: Course, fact: Fact): boolean {
  if (isNotAgain(fact)) return false;
  if (fact.fact === 'case' && fact.state === 'settling') return false; // By a clock, too.
  if ('operation' in fact) return !unjudged.has(fact.operation);
  if (fact.fact === 'violation' || fact.fact === 'possible') return !unjudged.has(fact.trigger.id);
  return fact.fact !== 'verdict' || !unjudged.has(fact.verdict.operation);
}

/** Which thing it is about: two facts of one name say it differently. */
function nameOf(fact: Fact): string {
  switch (fact.fact) {
    case 'violation':
    case 'possible':
    case 'case':
      return `${fact.fact} ${fact.id}`;
    case 'verdict': {
      const { operation, root = '', entry = '' } = fact.verdict;
      return JSON.stringify(['verdict', operation, root, entry]);
    }
    case 'home':
      return JSON.stringify(['home', fact.key, fact.replica]);
    case 'grant':
    case 'grant-closed':
      return `${fact.fact} ${fact.grant}`;
    case 'escrow':
      return JSON.stringify(['escrow', fact.root, fact.key]);
    case 'forged-entry':
      return JSON.stringify(['forged-entry', fact.position, fact.root, fact.entry]);
    case 'possible-unknown':
      return JSON.stringify(['possible', fact.invariant, fact.key, fact.operation]);
    case 'effect-claimed':
    case 'effect-answered':
    case 'effect-dropped':
      return `${fact.fact} ${fact.effect}`;
    case 'saga':
      return `saga ${fact.saga}`;
    case 'saga-step':
    case 'saga-failed':
      return `${fact.fact} ${fact.saga} ${fact.step} ${fact.deed}`;
    case 'saga-moved':
      return `saga-moved ${fact.saga} ${fact.state}`;
    case 'history-lost':
    case 'duplicate':
    case 'overwritten':
      return `${fact.fact} ${fact.operation}`;
    case 'audited':
      return 'audited';
    case 'refused':
    case 'stale':
    case 'quarantined':
    case 'executed':
    case 'proceeded':
    case 'recall':
      return `${fact.fact} ${fact.operation}`;
  }
}

function report({ state, ...course }: Course, entries: number): ReplayReport {
  const isOver = course.differences.some(({ what }) => what === 'threw');
  const differences = [...course.differences, ...course.unsaid.values()];
  return {
    entries,
    reproduced: Object.fromEntries(course.reproduced),
    differences: differences.sort((a, b) => a.position - b.position),
    unjudged: [...course.unjudged.values()],
    pending: isOver ? [] : state.facts,
  };
}
