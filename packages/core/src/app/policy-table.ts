// The table of operations × invariants: what each may do while cut off from the others.
// @see Brewer, CAP Twelve Years Later, "Managing partitions": partition mode limits some operations.
import type { Mode, OpContext } from '../outcome.ts';
import type { Out, Schemas } from './operation.ts';

/** From the freest to the strictest; order is the wire code: append only. */
export const cellKinds = ['safe', 'risk', 'limit', 'escrow', 'home', 'delay', 'prohibit'] as const;
export type CellKind = (typeof cellKinds)[number];

/** What a cell decides. `connected`: here at once, or asks the primary while the link is up. */
export interface Cell<V, A, K extends string> {
  readonly kind: K;
  readonly connected?: 'local' | 'primary';
  /** `limit`: what it consumes; `safe`: what it gives back (negative), per key. */
  readonly amount?: { readonly of: (args: A) => number; readonly per?: (args: A) => string };
  /** `limit`: the most that own unconfirmed operations may consume per key. */
  readonly max?: number;
  /** Never set: keeps the types of the view and of the arguments. */
  readonly about?: (doc: V, args: A) => void;
}

/** One cell for all invariants of a row, those added later too. */
export interface Row<C> {
  readonly row: C;
}

/** What a function cell may look at. */
export interface Known<V> {
  readonly view: V;
  readonly mode: Mode;
  readonly user: OpContext['user'];
}
/** A cell, or a pure function of (arguments, known view, mode, user) that gives one. */
export type PolicyCell<V, A, K extends string> =
  | Cell<V, A, K>
  | ((args: A, known: Known<V>) => Cell<V, A, K>);

type Consequential = 'risk' | 'limit';
/** The kinds an invariant permits: those that need its compensation name that instead. */
export type Allowed<I extends string, C extends string> = I extends C
  ? CellKind
  : Exclude<CellKind, Consequential> | `${Consequential} needs compensations.${I}`;
/** The kinds all of these invariants permit. */
export type Common<I extends string, C extends string> = [I] extends [C]
  ? CellKind
  : Allowed<Exclude<I, C>, never>;

/** Every operation has a cell for every invariant, `'*'` standing for all others of its row. */
export type Policy<V, S extends Schemas, I extends string, C extends string> = {
  readonly [O in keyof S]:
    | { readonly [K in I]: PolicyCell<V, Out<S[O]>, Allowed<K, C>> }
    | ({ readonly '*': PolicyCell<V, Out<S[O]>, Common<I, C>> } & {
        readonly [K in I]?: PolicyCell<V, Out<S[O]>, Allowed<K, C>>;
      })
    | Row<Cell<V, Out<S[O]>, Common<I, C>>>;
};

interface While {
  /** Default: `primary` for rows with prohibit, delay, limit or home, else `local`. */
  readonly connected?: 'local' | 'primary';
}
interface Amount<A> {
  readonly of: (args: A) => number;
  /** Which stand-in account it counts against. Default: the first subject. */
  readonly per?: (args: A) => string;
}

/** Proceeds; cannot break this invariant. `credits` gives headroom back to its limit. */
export function safe<A>(
  o: While & { readonly credits?: (args: A) => number; readonly per?: (args: A) => string } = {},
): Cell<unknown, A, 'safe'> {
  const { credits, per, ...rest } = o;
  if (!credits) return { kind: 'safe', ...rest };
  return { kind: 'safe', ...rest, amount: { of: (args) => -credits(args), ...(per && { per }) } };
}

/** Proceeds as tentative; needs a compensation. */
export function risk(o: While = {}): Cell<unknown, unknown, 'risk'> {
  return { kind: 'risk', ...o };
}

/** Refused in partition mode before anything is written. */
export function prohibit(o: While = {}): Cell<unknown, unknown, 'prohibit'> {
  return { kind: 'prohibit', ...o };
}

/**
 * Brewer's stand-in limit: own operations not yet confirmed may consume at most `max` per key, net
 * of declared credits. Exposure: replicas × max. Needs a compensation.
 */
export function limit<A>(
  o: While & Amount<A> & { readonly max: number },
): Cell<unknown, A, 'limit'> {
  const { of, per, max, ...rest } = o;
  return { kind: 'limit', max, amount: { of, ...(per && { per }) }, ...rest };
}

/** One cell for a whole row. */
export function every<C>(cell: C): Row<C> {
  return { row: cell };
}
