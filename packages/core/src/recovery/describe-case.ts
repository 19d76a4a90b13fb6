// What happened, which acts of mine are concerned, what was done about it, what is left to do? An account
// of one case in plain words, for whoever is shown it. Total over states by type.
import type { CaseState } from '../app/case-state.ts';
import type { ViolationFact } from '../coordination/case-facts.ts';
import type { CaseRecord } from '../coordination/case-fold.ts';
import type { QuestionCause } from '../coordination/case-question.ts';
import type { OperationSummary } from '../coordination/operation-summary.ts';
import type { CaseId, ReplicaId } from '../identity.ts';

/** The application's own words; where it gives none, its names stand in quotes. */
export interface CaseWords {
  /** A rule and where it holds, as the subject of a sentence: “the account of ann”. */
  readonly rule?: (invariant: string, key: string) => string;
  /** An act, as the subject of a sentence: “the withdrawal of 80”. */
  readonly act?: (operation: OperationSummary) => string;
  /** How much is missing: “60 euros too little”. */
  readonly deficit?: (deficit: number, invariant: string) => string;
  /** A user, by the name that people know: “Dora”. */
  readonly user?: (user: string) => string;
}

/** An act with the part that it plays in a case. */
export interface ConcernedAct {
  readonly operation: OperationSummary;
  /**
   * `trigger`: it made the rule worse. `participant`: it explains that, and stays confirmed.
   * `affected`: it came later, and is left as it is.
   */
  readonly part: 'trigger' | 'participant' | 'affected';
  readonly words: string;
}

export interface CaseAccount {
  readonly id: CaseId;
  readonly state: CaseState;
  readonly happened: readonly string[];
  /** Acts of this replica. */
  readonly own: readonly ConcernedAct[];
  readonly done: readonly string[];
  /** Empty where nothing is left to do. */
  readonly left: readonly string[];
  /** While it settles: not mended before, in Unix ms of the primary's clock. */
  readonly untilMs?: number;
  /** All of it, a line for each sentence. */
  readonly text: string;
}

/** The account of a case for the replica that asks. Cost: O(its operations). */
export function describeCase(
  found: CaseRecord,
  replica: ReplicaId,
  words: CaseWords = {},
): CaseAccount {
  const say = wordsOf(words);
  const happened = found.violations.flatMap((violation) => happenedOf(violation, say));
  const own = ownActs(found, replica, say);
  const done = doneOf(found, say);
  const left = leftOf(found, say);
  const mine = own.map((act) => act.words);
  const text = [...happened, ...mine, ...done, ...left].join('\n');
  const { id, state, settlesAtMs: untilMs } = found;
  return { id, state, happened, own, done, left, text, ...(untilMs !== undefined && { untilMs }) };
}

type Say = Required<CaseWords>;

function wordsOf(words: CaseWords): Say {
  return {
    rule: (invariant, key) => `“${invariant}” of “${key}”`,
    act: ({ name, user }) => `“${name}” by ${user}`,
    deficit: (deficit) => `by ${deficit}`,
    user: (user) => user,
    ...words,
  };
}

function happenedOf(fact: ViolationFact, say: Say): readonly string[] {
  const { invariant, key, from, to, trigger, participants } = fact;
  const rule = say.rule(invariant, key);
  const before = from > 0 ? `, after ${say.deficit(from, invariant)}` : '';
  const broke = `${rule} is broken ${say.deficit(to, invariant)}${before}, since ${say.act(trigger)}.`;
  const others = participants.filter(({ id }) => id !== trigger.id);
  if (others.length === 0) return [broke, 'Nobody else took part.'];
  return [broke, `It could not know of ${others.map(say.act).join(', ')}.`];
}

const parts: Readonly<Record<ConcernedAct['part'], string>> = {
  trigger: 'made it worse',
  participant: 'takes part, and stays confirmed',
  affected: 'came later, and is left as it is',
};

/** Each act once, with the part that says most. */
function ownActs(found: CaseRecord, replica: ReplicaId, say: Say): readonly ConcernedAct[] {
  const acts = new Map<string, ConcernedAct>();
  const note = (operation: OperationSummary, part: ConcernedAct['part']): void => {
    if (operation.replica !== replica || acts.has(operation.id)) return;
    acts.set(operation.id, {
      operation,
      part,
      words: `Your act: ${say.act(operation)} ${parts[part]}.`,
    });
  };
  for (const { trigger } of found.violations) note(trigger, 'trigger');
  for (const { participants } of found.violations) {
    for (const one of participants) note(one, 'participant');
  }
  for (const one of found.affected) note(one, 'affected');
  return [...acts.values()];
}

function doneOf(found: CaseRecord, say: Say): readonly string[] {
  const { affected, question, resolutions = [] } = found;
  const chosen = resolutions.map(({ by, label }) => `${say.user(by)} decided: ${label}.`);
  const asked = question && (found.state === 'escalated' || found.state === 'claimed');
  const later = affected.length === 1 ? '1 later act stays' : `${affected.length} later acts stay`;
  return [
    ...chosen,
    ...(asked ? [askedBecause[question.cause]] : []),
    ...ended[found.state](found, say),
    ...(affected.length > 0 ? [`${later} as made.`] : []),
  ];
}

const askedBecause: Readonly<Record<QuestionCause, string>> = {
  asked: 'No rule decides this: people are asked.',
  'bad-choices': 'No rule decides this: people are asked, and not every choice could be read.',
  threw: 'Its compensation failed: people are asked.',
  'not-healed': 'Its compensation did not mend it: people are asked.',
  breaks: 'Its compensation would break another rule: people are asked.',
  'no-compensation': 'There is no compensation for it: people are asked.',
  'external-history-lost':
    'Nobody knows what was promised outside, because the records of it are lost: people are asked.',
};

type Sentences = (found: CaseRecord, say: Say) => readonly string[];
const nothing: Sentences = () => [];

const ended: Readonly<Record<CaseState, Sentences>> = {
  open: nothing,
  settling: nothing,
  claimed: nothing,
  escalated: nothing,
  compensated: () => ['It was mended by its compensation, once.'],
  healed: () => ['Later acts made it good: nothing was to be mended.'],
  resolved: () => ['That mended it.'],
  waived: ({ waiver }, say) => [
    `${waiver ? say.user(waiver.by) : 'Somebody'} let it stand: ${waiver?.reason || 'no reason was given'}.`,
  ],
  superseded: ({ supersededBy }) => [
    supersededBy
      ? 'The rule has changed since: it is judged anew, in another case.'
      : 'The rule has changed since: by what it says now, nothing is broken.',
  ],
};

function leftOf(found: CaseRecord, say: Say): readonly string[] {
  return remaining[found.state](found, say);
}

const remaining: Readonly<Record<CaseState, Sentences>> = {
  open: () => ['It is about to be mended.'],
  settling: () => ['It may heal by itself for a while, and is mended then.'],
  claimed: (found, say) => [
    `${found.claim ? say.user(found.claim.by) : 'Somebody'} works on it.`,
    ...questionIn(found, say),
  ],
  escalated: questionIn,
  compensated: nothing,
  healed: nothing,
  resolved: nothing,
  waived: ({ deficit, invariant }, say) =>
    deficit > 0 ? [`It stays broken ${say.deficit(deficit, invariant)}.`] : [],
  superseded: nothing,
};

function questionIn({ question, deficit }: CaseRecord, say: Say): readonly string[] {
  if (!question) return [];
  if (question.breaks) {
    const broken = question.breaks.map(({ invariant, key, to }) => {
      const by = to === undefined ? '' : ` ${say.deficit(to, invariant)}`;
      return `Its compensation would leave ${say.rule(invariant, key)} broken${by}.`;
    });
    const what = deficit > 0 ? 'Mend it' : 'Make good what it cost';
    return [...broken, `${what} by acts that leave the others whole, or waive it.`];
  }
  const labels = question.choices.map(({ label }) => `“${label}”`).join(', ');
  return [
    question.question || 'Somebody has to decide what is done about it.',
    labels ? `The choices: ${labels}.` : 'There is no choice to make: mend it, or waive it.',
    ...(question.resolvers ? [`Who may decide: ${question.resolvers.join(', ')}.`] : []),
  ];
}
