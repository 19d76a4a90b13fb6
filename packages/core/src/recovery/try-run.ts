// May an operation be run at the primary now, and what would it do? The same for intents and for the steps
// of sagas: judged again on the audited state, run on a copy, and only the log makes it happen.
import type { Ran } from '../app/document-type.ts';
import type { EffectRecord } from '../app/operation.ts';
import type { Fact } from '../coordination/facts.ts';
import type { Moment } from '../moment.ts';
import { attempt } from './attempt.ts';
import { dueMs } from './compensate.ts';
import { voidDuplicateOf } from './duplicates.ts';
import { homeHold } from './home-holds.ts';
import type { PrimaryState, WaitingIntent } from './primary-state.ts';
import { keyName } from './primary-state.ts';
import type { RuleKey } from './rules.ts';
import type { Refusal } from './run-at-primary.ts';
import { readIntent, runAtPrimary, staleAtPrimary } from './run-at-primary.ts';

/** What is to be run, for whom. */
export type Asked = Omit<WaitingIntent, 'position'>;

export type Tried =
  | {
      readonly type: 'ran';
      readonly ran: Extract<Ran, { type: 'ran' }>;
      readonly effects: readonly EffectRecord[];
    }
  | { readonly type: 'refuse'; readonly refusal: Refusal }
  | { readonly type: 'wait'; readonly waitUntilMs: number }
  /** To be said first: somebody else holds a key that it needs. */
  | { readonly type: 'append'; readonly facts: readonly Fact[] };

/** Decides, and runs it on a copy. Nothing has happened yet. Cost: O(document) where it is run. */
export function tryRun(state: PrimaryState, intent: Asked, moment: Moment): Tried {
  const judged = attempt(() => judge(state, intent, moment));
  return 'thrown' in judged ? refuse({ code: 'failed', reason: judged.thrown }) : judged.value;
}

function judge(state: PrimaryState, intent: Asked, moment: Moment): Tried {
  const read = readIntent(state, intent);
  if ('reason' in read) return refuse(read);
  const twin = voidDuplicateOf(state, { ...intent, externalised: false });
  if (twin) return refuse(twin);
  const { code, args, recorded, keys } = read;
  const mendMs = brokenUntilMs(state, intent, keys);
  if (mendMs !== undefined) return { type: 'wait', waitUntilMs: mendMs };
  const held = homeHold(state, intent, { policy: code.policy, args, recorded, moment });
  if (held) return held;
  const answer = staleAtPrimary(state, read);
  if (answer !== undefined) return refuse(answer);
  const ran = runAtPrimary(state, intent, read);
  return ran.type === 'refused' ? refuse(ran.why) : { type: 'ran', ...ran.result };
}

/** Until when a case on one of its keys may be mended; only what was delayed waits for that. */
function brokenUntilMs(
  state: PrimaryState,
  { operation }: Asked,
  keys: readonly RuleKey[],
): number | undefined {
  if (operation.decision.mode === 'connected') return undefined;
  const open = keys
    .map(([invariant, key]) => state.cases.get(keyName(invariant, key)))
    .filter((work) => work !== undefined && !work.isEscalated);
  const dues = open.flatMap((work) => (work ? [dueMs(state, work)] : []));
  return dues.length > 0 ? Math.min(...dues) : undefined;
}

function refuse(refusal: Refusal): Tried {
  return { type: 'refuse', refusal };
}
