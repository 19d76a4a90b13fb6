// The table of operations × invariants: what each may do while cut off from the others.
// @see Brewer, CAP Twelve Years Later, "Managing partitions": partition mode limits some operations.
import type { Mode, OpContext } from '../outcome.ts';
import type { BoundedCounterView } from './contended.ts';
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
  /** `escrow`: what it spends, of which counter. */
  readonly escrow?: EscrowTerms<V, A>;
  /** `home`: the key whose holder may go on alone, and what everybody else may do meanwhile. */
  readonly home?: HomeTerms<V, A>;
  /** Never set: keeps the types of the view and of the arguments. */
  readonly about?: (doc: V, args: A) => void;
}

/** What an `escrow` cell spends, and how many rights a device keeps at hand. */
export interface EscrowTerms<V, A> {
  readonly from: (doc: V) => BoundedCounterView;
  readonly of: (args: A) => number;
  readonly per?: (args: A) => string;
  /** While connected: when this many or fewer are left, rights are asked for until there are `target`. */
  readonly lowWater: number;
  readonly target: number;
}

/** Holding a key `exclusive`ly keeps everybody else off it; `shared` holders keep off exclusive ones. */
export type Share = 'exclusive' | 'shared';

/** What a `home` cell needs to be held, and for how long it stays held against everybody else. */
export interface HomeTerms<V, A> {
  readonly key: (args: A) => string;
  readonly share: Share;
  /** How long a silent holder keeps the key once somebody else asked for it, in ms. */
  readonly leaseMs: number;
  readonly otherwise: Cell<V, A, CellKind>;
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

/**
 * Waits as an intent and runs at the primary after recovery, on the state of then: `requires` and
 * every invariant are checked again, and it is refused where they do not hold.
 */
export function delay(o: While = {}): Cell<unknown, unknown, 'delay'> {
  return { kind: 'delay', ...o };
}

/**
 * Proceeds within the rights that this device holds on a bounded counter: no bound is broken, however
 * long the line is cut. Without enough rights it is refused as `no-rights` while cut off, and runs at
 * the primary while connected. Rights come while connected, once a device has asked for any:
 * `lowWater` and `target` say how many it keeps (default 2 and 10).
 * @see O'Neil, The Escrow Transactional Method (1986); bounded counters (SRDS 2015).
 */
export function escrow<V, A>(
  o: While &
    Amount<A> & {
      readonly from: (doc: V) => BoundedCounterView;
      readonly lowWater?: number;
      readonly target?: number;
    },
): Cell<V, A, 'escrow'> {
  const { from, of, per, lowWater = 2, target = 10, ...rest } = o;
  return { kind: 'escrow', escrow: { from, of, lowWater, target, ...(per && { per }) }, ...rest };
}

/**
 * Proceeds where this replica holds the key (`handle.reserve`); elsewhere `otherwise` decides. The
 * holder's operations are accepted as home and confirmed at the audit. A held key binds the
 * connected side as well: there the primary asks for it back, and waits `leaseMs` (default 60,000)
 * for a holder that does not answer before the home moves.
 * @see PNUTS (VLDB 2008), record-level mastering; Indigo (EuroSys 2015), reservations.
 */
export function home<A, K extends CellKind>(
  key: (args: A) => string,
  o: While & {
    readonly share?: Share;
    readonly leaseMs?: number;
    readonly otherwise: Cell<unknown, NoInfer<A>, K>;
  },
): Cell<unknown, A, 'home' | K> {
  const { share = 'exclusive', leaseMs = 60_000, otherwise, ...rest } = o;
  return { kind: 'home', home: { key, share, leaseMs, otherwise }, ...rest };
}

/** One cell for a whole row. */
export function every<C>(cell: C): Row<C> {
  return { row: cell };
}

// Presets: whole rows for the commonest kinds of operation, invariants added later included.

/** For what cannot break anything: texts, drawings, sets that only grow. Runs here in every mode. */
export function collaborative(): Row<Cell<unknown, unknown, 'safe'>> {
  return every(safe());
}

/**
 * For what others rely on and few may change: prices, names, opening hours. The primary runs it; while
 * cut off it is kept as an intent and runs there after recovery, checked again. Needs no compensation.
 */
export function catalogue(): Row<Cell<unknown, unknown, 'delay'>> {
  return every({ kind: 'delay', connected: 'primary' });
}

/**
 * For what only one can have: rooms, seats, slots. The primary answers while connected; while cut off
 * it is taken as tentative, and whoever loses is told. Every invariant of the row needs a
 * compensation: refused by the compiler and at start-up, naming it.
 */
export function reservation(): Row<Cell<unknown, unknown, 'risk'>> {
  return every(risk({ connected: 'primary' }));
}

/**
 * For what leaves an account. The primary answers while connected; while cut off a device may consume
 * `max` per key, net of declared credits. Exposure: replicas × max. Every invariant of the row needs
 * a compensation: refused by the compiler and at start-up, naming it.
 */
export function money<A>(o: Amount<A> & { readonly max: number }): Row<Cell<unknown, A, 'limit'>> {
  const { of, per, max } = o;
  return every(limit({ of, max, ...(per && { per }), connected: 'primary' }));
}
