// What waits for a person's decision, as a screen lists it: derived from facts and waiting intents.
import type { CaseRecord } from '../coordination/case-fold.ts';
import { isAsked } from '../coordination/case-fold.ts';
import type { CaseId, OperationId } from '../identity.ts';
import { engineRequests } from '../intents/intent.ts';
import type { ReplicaState } from '../replica-state.ts';

/** An answer that was given on this device and has none itself yet. */
export interface InboxAnswer {
  readonly request: OperationId;
  readonly what: 'choose' | 'waive' | 'claim';
  /** Of a choice. */
  readonly label?: string;
}

/** A case that asks people. */
export interface InboxItem {
  readonly case: CaseId;
  /** The application's words, or what the engine can say instead. */
  readonly question: string;
  /** The labels, in the application's order; empty where it can only be waived or healed. */
  readonly choices: readonly string[];
  /** Invariant, key, operations, evidence, claim, whose roles: everything that is known of it. */
  readonly found: CaseRecord;
  /** What this device said and the primary has not answered: cut off, it waits here. */
  readonly chosen: readonly InboxAnswer[];
}

/** Every case that asks, oldest first. Cost: O(cases + intents). */
export function inboxOf(state: ReplicaState): readonly InboxItem[] {
  const asking = [...state.fold.casesById.values()].filter((found) => isAsked(found.state));
  return asking.map((found) => ({
    case: found.id,
    question: wordsOf(found),
    choices: isAnswered(found) ? [] : (found.question?.choices.map(({ label }) => label) ?? []),
    found,
    chosen: answersTo(state, found.id),
  }));
}

/** Its question is answered, and a deficit was left: the next question is on its way. */
function isAnswered({ question, resolutions = [] }: CaseRecord): boolean {
  return resolutions.some(({ round }) => round === question?.round);
}

function wordsOf({ question, invariant, key }: CaseRecord): string {
  if (question?.question) return question.question;
  const others = question?.breaks?.map((one) => `${one.invariant} of ${one.key}`).join(', ');
  const why = {
    asked: 'nobody said what to ask',
    'bad-choices': 'the application asked a question that cannot be read',
    threw: 'its compensation failed',
    'not-healed': 'its compensation did not mend it',
    breaks: `its compensation would break ${others}`,
    'no-compensation': 'the application declares no compensation for it',
    'external-history-lost': 'nobody knows what was promised outside, because its records are lost',
  }[question?.cause ?? 'no-compensation'];
  return `${invariant} is broken for ${key}, and ${why}`;
}

const answers = new Map<string, InboxAnswer['what']>([
  [engineRequests.choose, 'choose'],
  [engineRequests.waive, 'waive'],
  [engineRequests.claim, 'claim'],
]);

function answersTo({ intents }: ReplicaState, id: CaseId): readonly InboxAnswer[] {
  return [...intents.values()].flatMap(({ intent }): readonly InboxAnswer[] => {
    const what = answers.get(intent.name);
    const args = intent.args as { readonly case?: string; readonly label?: string } | null;
    if (!what || args?.case !== id) return [];
    const { label } = args;
    return [{ request: intent.operation, what, ...(label !== undefined && { label }) }];
  });
}
