// The engine's own requests at the primary: to cancel an intent, to hold a key or rights, to give
// them back, to know what the primary knows.
import type { Share } from '../app/policy-table.ts';
import type { Fact, RefusedFact } from '../coordination/facts.ts';
import type { GrantId, OperationId } from '../identity.ts';
import { parseOperationId } from '../identity.ts';
import { engineRequests } from '../intents/intent.ts';
import type { Moment } from '../moment.ts';
import { blockerOf, covers } from '../partition/homes.ts';
import { answerPeople } from './answer-people.ts';
import { closingFacts, grantFacts, grantLastsMs, poolOf } from './audit-rights.ts';
import { longestLeaseMs, takeOver } from './home-holds.ts';
import type { Due, PrimaryState, WaitingIntent } from './primary-state.ts';
import type { SagaAnswer } from './saga-requests.ts';
import { abortSaga, beginSaga } from './saga-requests.ts';
import { cancelledChange, factsChange } from './seal-results.ts';

/** Answers one. What it asks for may be anything: it is checked like everything from outside. */
export function answerRequest(state: PrimaryState, intent: WaitingIntent, moment: Moment): Due {
  const args = fieldsOf(intent.args);
  switch (intent.operation.name) {
    case engineRequests.cancel:
      return cancel(state, intent, parseOperationId(args['operation'] ?? ''));
    case engineRequests.reserve:
      return reserve(state, intent, args, moment);
    case engineRequests.release:
      return release(state, intent, args['key']);
    case engineRequests.read:
      return { changes: [factsChange(state, [executed(intent)])] };
    case engineRequests.rights:
      return grant(state, intent, args);
    case engineRequests.startSaga:
      return answerSaga(state, intent, beginSaga(state, intent));
    case engineRequests.abortSaga:
      return answerSaga(state, intent, abortSaga(state, parseOperationId(args['saga'] ?? '')));
    case engineRequests.giveBack:
      return takeBack(state, intent, args['grant']);
    case engineRequests.choose:
    case engineRequests.waive:
    case engineRequests.claim:
      return answerPeople(state, intent, moment);
    default:
      return refuse(state, intent, `this primary does not know ${intent.operation.name}`);
  }
}

type TextFields = { readonly [field: string]: string | undefined };

function fieldsOf(args: WaitingIntent['args']): TextFields {
  const isObject = typeof args === 'object' && args !== null && !Array.isArray(args);
  const entries = isObject ? Object.entries(args) : [];
  return Object.fromEntries(entries.filter(([, value]) => typeof value === 'string')) as TextFields;
}

/** Only what waits, and only by the replica that asked it. The target is always committed before. */
function cancel(state: PrimaryState, intent: WaitingIntent, target: OperationId | undefined): Due {
  const waiting = target && state.intents.get(target);
  if (!waiting || waiting.replica !== intent.replica) {
    return { changes: [factsChange(state, [executed(intent)])] };
  }
  const { operation } = waiting;
  const refused: Fact = {
    fact: 'refused',
    operation: operation.id,
    code: 'cancelled',
    reason: 'cancelled before the primary ran it',
  };
  return {
    changes: [cancelledChange(state, operation), factsChange(state, [refused, executed(intent)])],
  };
}

function reserve(
  state: PrimaryState,
  intent: WaitingIntent,
  args: TextFields,
  moment: Moment,
): Due {
  const { key } = args;
  const share = shareOf(args['share']);
  if (key === undefined || !share) return refuse(state, intent, 'a key and a share are needed');
  const { replica, operation } = intent;
  if (blockerOf(state.fold, { key, share, replica })) {
    const need = { key, share, replica, operation: operation.id };
    const held = takeOver(state, need, longestLeaseMs(state.definition), moment);
    if (held?.type === 'wait') return held;
    if (held?.type === 'append') return { changes: [factsChange(state, held.facts)] };
  }
  const held = state.fold.homes.get(key)?.get(replica);
  const home: Fact = { fact: 'home', key, replica, share };
  const facts = covers(held, share) ? [executed(intent)] : [home, executed(intent)];
  return { changes: [factsChange(state, facts)] };
}

function shareOf(text: string | undefined): Share | undefined {
  return text === 'exclusive' || text === 'shared' ? text : undefined;
}

function release(state: PrimaryState, intent: WaitingIntent, key: string | undefined): Due {
  if (key === undefined) return refuse(state, intent, 'a key is needed');
  const { replica } = intent;
  const home: Fact = { fact: 'home', key, replica, share: 'none' };
  const isHeld = state.fold.homes.get(key)?.has(replica);
  return { changes: [factsChange(state, isHeld ? [home, executed(intent)] : [executed(intent)])] };
}

/** At most half of what is left: the others, and what runs here, need some, too. */
function grant(state: PrimaryState, intent: WaitingIntent, { root, key }: TextFields): Due {
  const wanted = amountIn(intent.args);
  if (root === undefined || key === undefined || wanted === undefined) {
    return refuse(state, intent, 'a root, a key and an amount are needed');
  }
  const place = { root, key };
  const amount = Math.min(wanted, Math.ceil(poolOf(state, place) / 2));
  const isFirm = state.document.boundedRoots().get(root)?.reclaim === 'firm';
  const facts = grantFacts(state, {
    ...{ fact: 'grant', root, key, holder: intent.replica, amount },
    grant: intent.operation.id as string as GrantId,
    ...(!isFirm && { lastsMs: grantLastsMs }),
  });
  if (!facts) return refuse(state, intent, 'nothing can be given', { code: 'no-rights', key });
  return { changes: [factsChange(state, [...facts, executed(intent)])] };
}

function amountIn(args: WaitingIntent['args']): number | undefined {
  const isObject = typeof args === 'object' && args !== null && 'amount' in args;
  const amount: unknown = isObject ? args['amount'] : undefined;
  return Number.isSafeInteger(amount) && Number(amount) > 0 ? Number(amount) : undefined;
}

/** By its holder only, which says that nothing more of it will come. */
function takeBack(state: PrimaryState, intent: WaitingIntent, text: string | undefined): Due {
  const id = text as GrantId | undefined;
  const place = id && state.rights.get(state.placeByGrant.get(id) ?? '');
  const held = id && place?.ledger.liveById.get(id);
  const isTheirs = held && held.holder === intent.replica && !held.isForked;
  const facts = place && isTheirs ? closingFacts(place, id, 'returned') : [];
  return { changes: [factsChange(state, [...facts, executed(intent)])] };
}

function answerSaga(state: PrimaryState, intent: WaitingIntent, answer: SagaAnswer): Due {
  if ('reason' in answer) return refuse(state, intent, answer.reason);
  return { changes: [factsChange(state, [...answer.facts, executed(intent)])] };
}

function executed({ operation }: WaitingIntent): Fact {
  return { fact: 'executed', operation: operation.id };
}

function refuse(
  state: PrimaryState,
  { operation }: WaitingIntent,
  reason: string,
  more: Partial<RefusedFact> = {},
): Due {
  const refused: Fact = {
    fact: 'refused',
    operation: operation.id,
    code: 'failed',
    reason,
    ...more,
  };
  return { changes: [factsChange(state, [refused])] };
}
