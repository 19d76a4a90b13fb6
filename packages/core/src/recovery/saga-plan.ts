// The steps of a saga, asked of the application and checked like everything from outside. They are a
// function of the arguments: a digest in the log says whether they still are what they were.
import type { AppDefinition } from '../app/app-definition.ts';
import { canonicalJson, type Json } from '../bytes/canonical-json.ts';
import type { Hash } from '../bytes/hash.ts';
import { hashParts } from '../bytes/hash.ts';
import { textToBytes } from '../bytes/text.ts';
import { bytesToHex } from '../identity.ts';
import { attempt } from './attempt.ts';
import type { PlannedCall, PlannedStep } from './saga.ts';

export interface SagaPlan {
  readonly steps: readonly PlannedStep[];
  /** Equal for equal steps. */
  readonly digest: string;
}
/** Why there is no plan, for people. */
export interface NoPlan {
  readonly problem: string;
}

/** One saga is one document's work of minutes, not a data migration of a night. */
export const sagaStepsMax = 1_000;

/** What a saga by this name does with these arguments. Cost: O(steps and their arguments). */
export function planSaga(
  { definition, hash }: { readonly definition: AppDefinition; readonly hash: Hash },
  name: string,
  json: Json,
): SagaPlan | NoPlan {
  const told = attempt(() => plan(definition, name, json));
  if ('thrown' in told) return { problem: told.thrown };
  const { value: steps } = told;
  if ('problem' in steps) return steps;
  const text = canonicalJson(
    steps.map(({ run, undo, retriesMax }) => [run, undo ?? null, retriesMax]),
  );
  const digest = hashParts(hash, 'causeway-saga-1', [textToBytes(text)]).subarray(0, 16);
  return { steps, digest: bytesToHex(digest) };
}

function plan(
  definition: AppDefinition,
  name: string,
  json: Json,
): readonly PlannedStep[] | NoPlan {
  const declared = Object.hasOwn(definition.sagas, name) ? definition.sagas[name] : undefined;
  if (!declared) return { problem: `unknown: ${name}` };
  const validated = declared.args['~standard'].validate(json);
  if (validated instanceof Promise || validated.issues) return { problem: 'invalid-args' };
  const listed: unknown = declared.steps(validated.value);
  if (!Array.isArray(listed)) return { problem: `${name}: steps gave no list` };
  if (listed.length > sagaStepsMax) return { problem: `${name}: more than ${sagaStepsMax} steps` };
  const steps: PlannedStep[] = [];
  for (const [index, one] of listed.entries()) {
    const where = `step ${index + 1} of ${name}`;
    const step = planStep(definition, where, one);
    if ('problem' in step) return step;
    steps.push(step);
  }
  return steps;
}

function planStep(definition: AppDefinition, where: string, told: unknown): PlannedStep | NoPlan {
  const {
    run,
    undo,
    retriesMax = 0,
  } = (told ?? {}) as Record<'run' | 'undo' | 'retriesMax', unknown>;
  if (!Number.isSafeInteger(retriesMax) || Number(retriesMax) < 0) {
    return { problem: `${where}: retriesMax must be a whole number from 0 on` };
  }
  const does = planCall(definition, where, run);
  if ('problem' in does) return does;
  const undoes = undo === undefined ? undefined : planCall(definition, `undo of ${where}`, undo);
  if (undoes && 'problem' in undoes) return undoes;
  return { run: does, undo: undoes, retriesMax: Number(retriesMax) };
}

function planCall(definition: AppDefinition, where: string, told: unknown): PlannedCall | NoPlan {
  const [name, args] = Array.isArray(told) ? (told as readonly unknown[]) : [];
  const known = typeof name === 'string' && Object.hasOwn(definition.operations, name);
  const declared = known ? definition.operations[name] : undefined;
  if (typeof name !== 'string' || !declared) {
    return { problem: `${where}: there is no operation ${JSON.stringify(name)}` };
  }
  const validated = declared.args['~standard'].validate(args);
  if (validated instanceof Promise || validated.issues) {
    return { problem: `${where}: invalid arguments for ${name}` };
  }
  return { name, args: JSON.parse(canonicalJson(validated.value)) as Json };
}
