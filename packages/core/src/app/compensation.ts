// How a broken rule is mended: restore the state, then amend what had left the system. Once.

import type { CaseId, OperationId, ViolationId } from '../identity.ts';
import type { CaseState } from './case-state.ts';
import type { Effects, In, Recorded, RunContext, Schemas } from './operation.ts';

/** One commit that made an invariant worse, or could have. */
export interface Violation<S extends Schemas = Schemas> {
  readonly id: ViolationId;
  /** Deficit before and after the commit; of a possible one, in the state that shows it. */
  readonly from: number;
  readonly to: number;
  /**
   * `commit`: worse at its commit. `final`: and broken still when its case had settled. `possible`:
   * only a state that somebody could have seen shows it, and no commit.
   */
  readonly class: 'commit' | 'final' | 'possible';
  /** `local`: the author's own view should have refused it. */
  readonly fault: 'concurrent' | 'local';
  /** Committed last: made it worse. */
  readonly trigger: Recorded<S>;
  /** Who explains it, in commit order, the trigger last. */
  readonly participants: readonly Recorded<S>[];
  /**
   * `minimal`: without any of the participants (and who built on it) the trigger would have made
   * nothing worse. `all-writers`: everybody who wrote to the key unseen by the trigger's author, because
   * they are more than 15, or too long ago, or their acts do not explain it.
   */
  readonly explained: 'minimal' | 'all-writers';
}

/** The violations of one (invariant, key) from deficit 0 back to 0: what people see. */
export interface Case<S extends Schemas = Schemas, I extends string = string> {
  readonly id: CaseId;
  readonly invariant: I;
  readonly key: string;
  /** The deficit now. */
  readonly deficit: number;
  readonly violations: readonly Violation<S>[];
  readonly participants: readonly Recorded<S>[];
  /** Operations built on it since: left as they are. */
  readonly affected: readonly Recorded<S>[];
  readonly state: CaseState;
  /** The operation that compensated it. */
  readonly compensation?: OperationId;
}

/** An operation to run later, as data. */
export type Call<S extends Schemas> = {
  readonly [O in keyof S & string]: readonly [name: O, args: In<S[O]>];
}[keyof S & string];

/** What no rule can decide: a question for a person, who chooses one of these. */
export interface Escalation<S extends Schemas> {
  readonly question: string;
  /** Labels differ. What a choice runs may leave the deficit or lower it, and raises none. */
  readonly choices: readonly { readonly label: string; readonly run: Call<S> }[];
  /** Roles, one of which is needed to answer. Default: everybody may. */
  readonly resolvers?: readonly string[];
}

/** What became of the effects at the primary of an operation whose rest was to be withheld. */
export interface Withheld {
  /** Never tried, and now they never are. */
  readonly withheld: number;
  /** They happened. */
  readonly done: number;
  /** They may have happened, or will: tried without an answer that says which. Amend as if done. */
  readonly uncertain: number;
}

/** What a compensation gets beside the document. */
export interface CompensationContext<E extends Effects> extends RunContext<E> {
  /**
   * Drops the effects at the primary of `operation` that were not tried yet: the cheapest
   * compensation is the effect that is never sent. What it returns says what there is to amend.
   * Counts only where the compensation is committed. Effects on devices are in no count: those were
   * done where they were recorded. Cost: O(waiting effects).
   */
  withhold(operation: OperationId): Withheld;
}

export interface Compensation<R, E extends Effects, S extends Schemas, I extends string> {
  /** When to act: at once, or after settling, if it still fails then. Default `final`. */
  readonly on?: 'commit' | 'final';
  /** How long a case settles, in ms of the primary's clock. Default 60,000. */
  readonly settleMs?: number;
  /** It healed by itself: still mend what was externalised? Default `forgive`. */
  readonly whenHealed?: 'amend' | 'forgive';
  /**
   * Brings the deficit to 0, by keyed writes. Runs at the primary, on the audited state. What it
   * returns is asked of people, and what it wrote is undone. So is all of it where it leaves a deficit,
   * or makes another rule worse: people are then told which (`breaks`).
   */
  // biome-ignore lint/suspicious/noConfusingVoidType: most are one call that returns nothing
  readonly restore: (doc: R, found: Case<S, I>, op: CompensationContext<E>) => void | Escalation<S>;
  /** What is owed for what was externalised: fee, apology, refund. */
  readonly amend?: (doc: R, found: Case<S, I>, op: CompensationContext<E>) => void;
}
