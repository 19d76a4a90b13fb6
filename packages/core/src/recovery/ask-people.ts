// A case that no rule decides becomes a question: with the evidence, and with choices that were checked
// to be runnable. A question with a mistake in it is asked all the same, and says so.
// docs/adr/0015-cases-and-people.md
import type { AppDefinition } from '../app/app-definition.ts';
import type { Escalation } from '../app/compensation.ts';
import type { Schemas } from '../app/operation.ts';
import type { Json } from '../bytes/canonical-json.ts';
import { bytesToJson, canonicalJson, jsonToBytes } from '../bytes/canonical-json.ts';
import type { CaseRecord } from '../coordination/case-fold.ts';
import type {
  BrokenKey,
  CaseChoice,
  CaseEvidence,
  CaseQuestion,
  QuestionCause,
} from '../coordination/case-question.ts';
import { attempt } from './attempt.ts';
import type { PrimaryState } from './primary-state.ts';
import { keyName } from './primary-state.ts';

/** A question goes into the log and to every replica: a page of it, and no more. */
const questionBytesMax = 64 * 1024;
const choicesMax = 100;
/** Operations before the case of which it is told what they had sent. */
const earlierMax = 20;

export interface Asking {
  readonly cause: Exclude<QuestionCause, 'bad-choices'>;
  readonly detail?: string;
  readonly breaks?: readonly BrokenKey[];
  /** What `restore` returned: of the application's making, so it may be anything. */
  readonly asked?: Escalation<Schemas>;
}

/** The next question of a case. Cost: O(participants + choices). */
export function questionOf(state: PrimaryState, record: CaseRecord, o: Asking): CaseQuestion {
  const round = (record.question?.round ?? 0) + 1;
  const evidence = evidenceOf(state, record);
  const plain = { round, question: '', choices: [], evidence };
  const { asked, cause, detail: reason, breaks } = o;
  if (!asked) {
    return { ...plain, cause, ...(reason && { detail: reason }), ...(breaks && { breaks }) };
  }
  const read = attempt(() => readQuestion(state.definition, asked));
  if ('thrown' in read) return { ...plain, cause: 'bad-choices', detail: read.thrown };
  const question: CaseQuestion = { ...plain, cause: 'asked', ...read.value };
  if (jsonToBytes(question).length <= questionBytesMax) return question;
  const detail = `the question has more than ${questionBytesMax} bytes`;
  return { ...plain, evidence: [], cause: 'bad-choices', detail };
}

type ReadQuestion = Pick<CaseQuestion, 'question' | 'choices'> & Partial<CaseQuestion>;

function readQuestion(definition: AppDefinition, asked: Escalation<Schemas>): ReadQuestion {
  const { question, choices, resolvers } = asked;
  const wrong: string[] = [];
  const good: CaseChoice[] = [];
  for (const choice of choices.slice(0, choicesMax)) {
    const read = attempt(() => readChoice(definition, choice));
    if ('thrown' in read) wrong.push(`“${String(choice?.label)}”: ${read.thrown}`);
    else if (good.some(({ label }) => label === read.value.label)) {
      wrong.push(`“${read.value.label}” is there twice`);
    } else good.push(read.value);
  }
  if (choices.length > choicesMax) wrong.push(`only ${choicesMax} choices can be shown`);
  return {
    question: String(question),
    choices: good,
    ...(resolvers && { resolvers: resolvers.map(String) }),
    ...(wrong.length > 0 && { cause: 'bad-choices', detail: wrong.join('; ') }),
  };
}

/** Throws where it could not be run. */
function readChoice(
  { operations }: AppDefinition,
  { label, run: [operation, args] }: Escalation<Schemas>['choices'][number],
): CaseChoice {
  const declared = Object.hasOwn(operations, operation) ? operations[operation] : undefined;
  if (!declared) throw new Error(`there is no operation "${operation}"`);
  const answer = declared.args['~standard'].validate(args);
  if (answer instanceof Promise)
    throw new Error(`${operation} validates later, which nobody waits for`);
  if (answer.issues) throw new Error(answer.issues.map(({ message }) => message).join('; '));
  if (typeof label !== 'string' || label === '') throw new Error('it has no label');
  return { label, operation, args: JSON.parse(canonicalJson(args)) as Json };
}

/** Of the participants, and of whoever acted on the key before, as far as there is room for. */
function evidenceOf(
  state: PrimaryState,
  { invariant, key, violations }: CaseRecord,
): readonly CaseEvidence[] {
  const participants = violations.flatMap((violation) => violation.participants);
  const named = new Set(participants.map(({ id }) => id));
  const all = (state.history.get(keyName(invariant, key)) ?? [])
    .map(({ summary }) => summary.id)
    .filter((id) => state.effectsById.has(id));
  const others = new Set(all.filter((id) => !named.has(id)).slice(-earlierMax));
  const told = all.filter((id) => named.has(id) || others.has(id));
  const evidence = told.flatMap((operation) =>
    (state.effectsById.get(operation) ?? []).map(({ name, payload }) => ({
      ...{ operation, name },
      payload: bytesToJson(jsonToBytes(payload)) ?? null,
    })),
  );
  return jsonToBytes(evidence).length <= questionBytesMax / 2 ? evidence : [];
}
