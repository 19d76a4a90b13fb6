// What people decide of a case: a choice is run here, once for each question, or the case is waived; and
// whoever works on it first may claim it. docs/adr/0015-cases-and-people.md
import type { OperationHeader } from '../causality/change.ts';
import type { CaseFact } from '../coordination/case-facts.ts';
import type { CaseRecord } from '../coordination/case-fold.ts';
import { isAsked } from '../coordination/case-fold.ts';
import type { CaseChoice, CaseQuestion } from '../coordination/case-question.ts';
import type { Fact, RefusedFact, StaleFact } from '../coordination/facts.ts';
import type { CaseId } from '../identity.ts';
import { engineRequests } from '../intents/intent.ts';
import type { Moment } from '../moment.ts';
import type { NotAsked } from '../outcome.ts';
import { attempt } from './attempt.ts';
import { resolutionId } from './case.ts';
import { homeHold } from './home-holds.ts';
import type { Due, PrimaryState, WaitingIntent } from './primary-state.ts';
import { keyName } from './primary-state.ts';
import { otherOpenKeys } from './rules.ts';
import type { Refusal } from './run-at-primary.ts';
import { readIntent, runAtPrimary, staleAtPrimary } from './run-at-primary.ts';
import { factsChange, resultChange, verdictFacts } from './seal-results.ts';

const claimLastsMs = 5 * 60_000;
const claimLastsMsMax = 24 * 3_600_000;
const reasonLengthMax = 2_000;

/** A case that waits for this answer, by somebody who may give it. */
interface Answering {
  readonly record: CaseRecord;
  readonly question: CaseQuestion;
  readonly intent: WaitingIntent;
}

/** Answers one. Cost: of a choice, a copy of the document. */
export function answerPeople(state: PrimaryState, intent: WaitingIntent, moment: Moment): Due {
  const record = state.fold.casesById.get(textIn(intent, 'case') as CaseId);
  if (!record) return refuse(state, intent, { code: 'failed', reason: 'there is no such case' });
  const { question } = record;
  const about = notAsked(record, intent);
  if (about || !question) {
    const reason = 'the case does not wait for this answer';
    const { code, ...rest } = about ?? notAskedAs(record);
    return refuse(state, intent, { code, reason, about: rest });
  }
  const forbidden = forbiddenBecause(state, question, intent);
  if (forbidden !== undefined) {
    return refuse(state, intent, { code: 'not-permitted', reason: forbidden });
  }
  const answering = { record, question, intent };
  if (intent.operation.name === engineRequests.waive) return waive(state, answering);
  if (intent.operation.name === engineRequests.claim) return claim(state, answering);
  const chosen = attempt(() => choose(state, answering, moment));
  if ('thrown' in chosen) return refuse(state, intent, { code: 'failed', reason: chosen.thrown });
  return chosen.value;
}

/** Why the case does not wait for this answer, or not any more. */
function notAsked(record: CaseRecord, intent: WaitingIntent): NotAsked | undefined {
  if (!isAsked(record.state)) return notAskedAs(record);
  const { question, claim, resolutions = [] } = record;
  const answered = resolutions.find(({ round }) => round === question?.round);
  const round = countIn(intent, 'round');
  const isClaim = intent.operation.name === engineRequests.claim;
  const isOther = round !== question?.round && !isClaim;
  if (answered || isOther) return notAskedAs(record);
  const token = countIn(intent, 'token');
  const isHolder = claim?.replica === intent.replica && (isClaim || token === claim.token);
  const isStale = token !== undefined && token !== claim?.token; // Its lease ended meanwhile.
  return (claim && !isHolder) || isStale ? notAskedAs(record) : undefined;
}

function notAskedAs(record: CaseRecord): NotAsked {
  const { id, state, claim, waiver, resolutions = [] } = record;
  const last = resolutions.at(-1);
  const by = claim?.by ?? waiver?.by ?? last?.by;
  const label = claim || waiver ? undefined : last?.label;
  return { code: 'not-asked', case: id, state, ...(by && { by }), ...(label && { label }) };
}

/** Undefined for whoever may answer. What the host's `rolesOf` throws is nobody's permission. */
function forbiddenBecause(
  { rolesOf, verdicts }: PrimaryState,
  { resolvers }: CaseQuestion,
  { operation }: WaitingIntent,
): string | undefined {
  if (!resolvers) return undefined;
  if (verdicts) return recordedRefusal(verdicts.get(operation.id)); // Who had which role is in no log.
  const { user } = operation;
  const told = attempt(() => [...(rolesOf?.(user) ?? [])]);
  if ('thrown' in told) return `nobody can say which roles ${user} has: ${told.thrown}`;
  const hasRole = resolvers.some((role) => told.value.includes(role));
  return hasRole ? undefined : `one of these roles is needed: ${resolvers.join(', ')}`;
}

function recordedRefusal(recorded: RefusedFact | StaleFact | undefined): string | undefined {
  const isForbidden = recorded?.fact === 'refused' && recorded.code === 'not-permitted';
  return isForbidden ? recorded.reason : undefined;
}

function choose(state: PrimaryState, { record, question, intent }: Answering, moment: Moment): Due {
  const label = textIn(intent, 'label');
  const choice = question.choices.find((one) => one.label === label);
  if (!choice) {
    return refuse(state, intent, { code: 'failed', reason: `there is no choice “${label}”` });
  }
  const asked = intentOf(state, { record, question, intent }, choice);
  const read = readIntent(state, asked);
  if ('reason' in read) return refuse(state, intent, read);
  const held = homeHold(state, asked, { ...read, policy: read.code.policy, moment });
  if (held?.type === 'wait') return held;
  if (held?.type === 'append') return { changes: [factsChange(state, held.facts)] };
  if (held?.type === 'refuse') return refuse(state, intent, held.refusal);
  const stale = staleAtPrimary(state, read);
  if (stale) return refuse(state, intent, stale);
  const keys = [...read.keys, ...otherOpenKeys(state, read.keys)];
  const ran = runAtPrimary(state, asked, { ...read, keys });
  if (ran.type === 'refused') return refuse(state, intent, ran.why);
  const here = deviceEffect(state, ran.result.effects);
  if (here) return refuse(state, intent, { code: 'failed', reason: here });
  const deficit = ran.deficits.get(keyName(record.invariant, record.key)) ?? 0;
  const fact: CaseFact = {
    ...{ fact: 'case', id: record.id, deficit },
    state: deficit === 0 ? 'resolved' : 'escalated',
    resolution: {
      ...{ round: question.round, label: choice.label },
      by: intent.operation.user,
      ...{ operation: asked.operation.id, request: intent.operation.id },
    },
  };
  const facts = factsChange(state, [fact, executed(intent), ...verdictFacts(ran.result.ran)]);
  return { changes: [resultChange(state, ran.result), facts] };
}

/** It runs under the case's own id, as the act of whoever chose it. */
function intentOf(
  state: PrimaryState,
  { record, question, intent }: Answering,
  choice: CaseChoice,
): WaitingIntent {
  const { user, wallMs } = intent.operation;
  const operation: OperationHeader = {
    id: resolutionId(record.id, question.round),
    ...{ name: choice.operation, codeVersion: state.definition.version, user, wallMs },
    decision: { mode: 'connected', cell: 'safe', invariant: record.invariant },
  };
  return { ...intent, operation, args: choice.args };
}

/** No device asked for it, so none would do it. */
function deviceEffect(
  { definition }: PrimaryState,
  effects: readonly { readonly name: string }[],
): string | undefined {
  const here = effects.find(({ name }) => definition.effects[name]?.runs === 'device');
  return here && `effect "${here.name}" runs on a device, and a choice runs on none`;
}

function waive(state: PrimaryState, { record, intent }: Answering): Due {
  const reason = textIn(intent, 'reason').slice(0, reasonLengthMax);
  const { id: request, user: by } = intent.operation;
  const fact: CaseFact = {
    ...{ fact: 'case', id: record.id, state: 'waived' },
    deficit: state.cases.get(keyName(record.invariant, record.key))?.deficit ?? 0,
    waiver: { by, reason, request },
  };
  return { changes: [factsChange(state, [fact, executed(intent)])] };
}

function claim(state: PrimaryState, { record, intent }: Answering): Due {
  const leaseMs = Math.min(countIn(intent, 'leaseMs') ?? claimLastsMs, claimLastsMsMax);
  const { replica, position: token, operation } = intent;
  const fact: CaseFact = {
    ...{ fact: 'case', id: record.id, state: 'claimed', deficit: record.deficit },
    claim: { token, by: operation.user, replica, leaseMs },
  };
  return { changes: [factsChange(state, [fact, executed(intent)])] };
}

/** A claim whose lease has ended is over: others may answer, and who held it no more under its token. */
export function nextClaimEnd(state: PrimaryState, moment: Moment): Due {
  let waitUntilMs = Number.POSITIVE_INFINITY;
  for (const [id, sinceMs] of state.claimedSinceMs) {
    const record = state.fold.casesById.get(id);
    if (record?.state !== 'claimed' || !record.claim) continue;
    const endMs = sinceMs + record.claim.leaseMs;
    waitUntilMs = Math.min(waitUntilMs, endMs);
    if (moment.monotonicMs < endMs) continue;
    const { deficit } = record;
    return { changes: [factsChange(state, [{ fact: 'case', id, state: 'escalated', deficit }])] };
  }
  return { waitUntilMs };
}

function fieldIn({ args }: WaitingIntent, name: string): unknown {
  const isObject = typeof args === 'object' && args !== null && !Array.isArray(args);
  return isObject ? (args as { readonly [name: string]: unknown })[name] : undefined;
}
function textIn(intent: WaitingIntent, name: string): string {
  const value = fieldIn(intent, name);
  return typeof value === 'string' ? value : '';
}
function countIn(intent: WaitingIntent, name: string): number | undefined {
  const value = fieldIn(intent, name);
  return Number.isSafeInteger(value) && Number(value) > 0 ? Number(value) : undefined;
}

function executed({ operation }: WaitingIntent): Fact {
  return { fact: 'executed', operation: operation.id };
}

function refuse(state: PrimaryState, { operation }: WaitingIntent, why: Refusal): Due {
  return { changes: [factsChange(state, [{ fact: 'refused', operation: operation.id, ...why }])] };
}
