// Would an operation have made a rule worse after only some of what was concurrent with it? Tried on
// documents that are built for it; each trial once.
// @see docs/adr/0013-attribution.md
import type { Raises } from './attribution.ts';
import type { Step } from './materialise.ts';
import { buildPast } from './materialise.ts';
import type { KeyedOperation, PrimaryState } from './primary-state.ts';
import type { RuleKey } from './rules.ts';

/**
 * What one violation may cost: so many changes that are applied or copied, about two seconds. Who works
 * for longer looks dead to whoever watches the audit, and a key that has a margin needs none of it.
 */
export const workMax = 500_000;

/** A trigger among what it was concurrent with. */
export interface Surroundings {
  readonly rule: RuleKey;
  readonly trigger: KeyedOperation;
  readonly concurrent: readonly KeyedOperation[];
}

/** Parts of what is concurrent, tried. */
export interface Trials {
  readonly raises: Raises;
  /** Something was not tried, for it would have cost too much: then no answer says anything. */
  readonly isCutShort: boolean;
  /** Undefined where it cannot be evaluated. */
  step(kept: readonly number[]): Step | undefined;
}

/**
 * Undefined where the past cannot be built any more, or not at that cost. What cannot be evaluated raises
 * nothing: an explanation is only told where it was seen to be one.
 */
export function trialsOf(state: PrimaryState, o: Surroundings): Trials | undefined {
  const { rule, trigger, concurrent } = o;
  const { changes } = state.window;
  // Whether the past was made before or not, every primary tries the same.
  let work = 2 * changes;
  const past = work > workMax ? undefined : buildPast(state, trigger.place);
  if (!past) return undefined;
  let isCutShort = false;
  const known = new Map<string, Step | undefined>();
  const step = (kept: readonly number[]): Step | undefined => {
    const name = kept.join();
    if (known.has(name)) return known.get(name);
    work += changes;
    isCutShort ||= work > workMax;
    if (isCutShort) return undefined;
    const places = kept.flatMap((index) => concurrent[index]?.place ?? []);
    const tried = past.step(rule, places);
    known.set(name, tried);
    return tried;
  };
  return {
    step,
    get isCutShort() {
      return isCutShort;
    },
    raises(kept) {
      const tried = step(kept);
      return tried !== undefined && tried.after > tried.before;
    },
  };
}
