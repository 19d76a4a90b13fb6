// What people see of an intent before it has happened: plain values by key over the view. The document
// is never forked, so nothing has to be taken back when the primary decides otherwise.
import type { OperationId } from '../identity.ts';
import type { ReplicaState } from '../replica-state.ts';
import type { StoredIntent } from './intent.ts';

/** What one waiting intent shows. */
export interface Overlay {
  readonly operation: OperationId;
  readonly name: string;
  readonly values: Readonly<Record<string, unknown>>;
}

/** In the order in which they were asked. Cost: O(intents). */
export function overlaysOf(state: ReplicaState): readonly Overlay[] {
  const overlays: Overlay[] = [];
  for (const { intent } of state.intents.values()) {
    const { operation, name, args } = intent;
    const preview = state.app.operations[name]?.preview;
    if (!preview || !isUnderstood(state, intent)) continue;
    const { value } = state.document.read((view) => preview(view, args));
    overlays.push({ operation, name, values: value });
  }
  return overlays;
}

/** The intents that overlay any of these keys: what reads such a key stands on them. */
export function overlaying(state: ReplicaState, keys: ReadonlySet<string>): readonly OperationId[] {
  if (state.intents.size === 0) return [];
  return overlaysOf(state)
    .filter(({ values }) => Object.keys(values).some((key) => keys.has(key)))
    .map(({ operation }) => operation);
}

/** A page of another build may have made it: its arguments may be none of this version's. */
function isUnderstood({ app }: ReplicaState, { name, args, codeVersion }: StoredIntent): boolean {
  if ((codeVersion ?? app.version) === app.version) return true;
  const answer = app.operations[name]?.args['~standard'].validate(args);
  return answer !== undefined && !(answer instanceof Promise) && !answer.issues;
}
