// Who did something with what a saga's step wrote, before the step is undone? They are listed, and left as
// they are: a saga gives no isolation. @see Garcia-Molina & Salem, Sagas (SIGMOD 1987), §1.
import type { Touch } from '../app/document-type.ts';
import type { OperationSummary } from '../coordination/operation-summary.ts';
import { parseSagaStepId } from '../coordination/saga-fold.ts';
import type { OperationId } from '../identity.ts';
import type { PrimaryState } from './primary-state.ts';
import type { Audited } from './read-operation.ts';

/** The others are more than anybody can look at. */
const affectedMax = 100;

/** Follows one committed operation that stands. Cost: O(open sagas × their steps × its keys). */
export function noteSagaTouch(
  state: PrimaryState,
  { operation, recorded, summary }: Audited,
  touched: readonly Touch[],
): void {
  const { open } = state.fold.sagas;
  if (open.size === 0) return;
  const names = new Set([...touched.map(nameOf), ...recorded.subjects]);
  const own = parseSagaStepId(operation.id);
  if (own?.deed === 'do' && open.has(own.saga)) {
    const touch = state.sagaTouch.get(own.saga) ?? {
      namesByStep: new Map(),
      laterByStep: new Map(),
    };
    state.sagaTouch.set(own.saga, touch);
    touch.namesByStep.set(own.step, names);
  }
  for (const [saga, { namesByStep, laterByStep }] of state.sagaTouch) {
    if (saga === own?.saga) continue;
    for (const [step, stepNames] of namesByStep) {
      if (![...names].some((name) => stepNames.has(name))) continue;
      const later = laterByStep.get(step) ?? [];
      laterByStep.set(step, later);
      if (later.length < affectedMax) later.push(summary);
    }
  }
}

/** A root without keys is one thing. */
function nameOf({ root, key }: Touch): string {
  return key ?? `\u0000${root}`;
}

/** Who is affected when this step is undone now; the first hundred. */
export function affectedBy(
  { sagaTouch }: PrimaryState,
  saga: OperationId,
  step: number,
): readonly OperationSummary[] {
  return sagaTouch.get(saga)?.laterByStep.get(step) ?? [];
}
