// May a handler be asked to do this? Records come from outside, and nothing of them is trusted.
import type { AppDefinition } from '../app/app-definition.ts';
import type { EffectRecord } from '../app/operation.ts';
import { attempt } from './attempt.ts';

/** False where its payload breaks its schema. The author's own schema may throw: that is a no. */
export function isPayload(app: AppDefinition, { name, payload }: EffectRecord): boolean {
  const schema = app.effects[name]?.payload;
  const judged = attempt(() => schema?.['~standard'].validate(payload));
  if ('thrown' in judged || judged.value === undefined) return false;
  return !(judged.value instanceof Promise) && !judged.value.issues;
}
