// May this operation proceed now? Mode × policy row → here, at the primary, later, or refused; the
// strictest cell wins.
// @see Brewer, CAP Twelve Years Later, "Partition decision"; docs/ARCHITECTURE.md, §5.
import type { AnyCell, AnyPolicyCell, AppDefinition } from '../app/app-definition.ts';
import { consequentialIn } from '../app/app-problems.ts';
import type { Bound } from '../app/operation.ts';
import { asksPrimary, isLimiting, rowOf } from '../app/policy-row.ts';
import type { HomeTerms, Known, Share } from '../app/policy-table.ts';
import { cellKinds } from '../app/policy-table.ts';
import { Bug } from '../assert.ts';
import type { Decision, DecisionReason } from '../causality/change.ts';
import type { ReplicaId } from '../identity.ts';
import type { Mode, OpContext, Refused } from '../outcome.ts';
import { refuse } from '../outcome.ts';
import type { LimitRow } from '../queue/stored.ts';

/** An operation as the table sees it: arguments validated, subjects known. */
export interface Proposal {
  readonly name: string;
  readonly args: unknown;
  readonly subjects: readonly string[];
  readonly op: OpContext;
  readonly bound?: Bound | undefined;
  readonly homes: KnownHomes;
  readonly rights: KnownRights;
}
/** What this replica may spend of a bounded counter. */
export interface KnownRights {
  remaining(root: string, key: string): number;
}
/** What an operation spends of a bounded counter, and how many rights its cell keeps at hand. */
export interface ProposedRights {
  readonly invariant: string;
  readonly root: string;
  readonly key: string;
  readonly amount: number;
  readonly lowWater: number;
  readonly target: number;
}
/** Who holds which key, as far as this replica knows. */
export interface KnownHomes {
  /** True where this replica holds `key` at least so. */
  holds(key: string, share: Share): boolean;
  /** Somebody else who holds it. */
  holder(key: string): ReplicaId | undefined;
}
/** A row of a stand-in limit; `max` only where it is enforced in this mode. */
export type ProposedRow = Omit<LimitRow, 'operation' | 'writer' | 'state'> & {
  readonly max: number | undefined;
};
export type Decided =
  | {
      readonly type: 'here';
      readonly decision: Decision;
      readonly rows: readonly ProposedRow[];
      readonly rights: readonly ProposedRights[];
    }
  /** At the primary: now, or after recovery. `rights`: what it lacked here, to be asked for. */
  | {
      readonly type: 'ask';
      readonly decision: Decision;
      readonly rights: readonly ProposedRights[];
    }
  | Refused;

interface NamedCell {
  readonly invariant: string;
  readonly cell: AnyCell;
  /** The key of a `home` cell: held here, or why its second cell decides. */
  readonly key?: string;
  readonly reason?: 'home' | 'not-home';
}

/**
 * Decides. `suspect` and `recovering` use the partition column for rows that limit, and the
 * connected column otherwise. The strictest cell wins.
 * @remarks Cost: O(invariants of the row); history, document and replicas do not matter.
 * @returns `here`, with what to count against stand-in limits; `ask`: the primary decides; or a
 * refusal before anything is written: `prohibited` (wait for the link), `not-home` (reserve the key
 * while connected), `no-rights` (ask for some while connected).
 */
export function decide(app: AppDefinition, view: unknown, proposal: Proposal): Decided {
  const { mode } = proposal.op;
  const cells = rowOf(app, proposal.name).map(([invariant, cell]): NamedCell => {
    return {
      invariant,
      cell: resolve(app, invariant, cell, { ...proposal, ...proposal.op, view }),
    };
  });
  const strictest = strictestOf(cells);
  const isLimited = isLimiting(strictest.cell);
  const usesPartitionColumn = mode === 'partitioned' || (mode !== 'connected' && isLimited);
  // What was applied can never be taken back: only an intent can be cancelled.
  const mustAsk = proposal.bound?.onTimeout === 'cancel';
  const rights = rightsOf(cells, view, proposal);
  if (usesPartitionColumn) return decideCut(cells, proposal, { mustAsk, rights });
  const isShort = shortOf(rights, proposal) !== undefined;
  if (mustAsk || isShort || cells.some(({ cell }) => asksPrimary(cell))) {
    return { type: 'ask', decision: decisionOf(strictest, mode, 'asks-primary'), rights };
  }
  const rows = limitRows(cells, proposal, false);
  return { type: 'here', decision: decisionOf(strictest, mode), rows, rights };
}

function decideCut(
  cells: readonly NamedCell[],
  proposal: Proposal,
  { mustAsk, rights }: { readonly mustAsk: boolean; readonly rights: readonly ProposedRights[] },
): Decided {
  const { mode } = proposal.op;
  const settled = cells.map((named) => atHome(named, proposal));
  const strictest = strictestOf(settled);
  const { invariant, cell, key, reason } = strictest;
  if (cell.kind === 'prohibit') {
    if (key === undefined) return refuse({ code: 'prohibited', invariant, mode });
    return refuse({ code: 'not-home', key, home: proposal.homes.holder(key) });
  }
  const decision = decisionOf(strictest, mode, mustAsk ? 'asks-primary' : reason);
  if (mustAsk || cell.kind === 'delay') return { type: 'ask', decision, rights };
  const short = shortOf(rights, proposal);
  if (short) {
    const remaining = proposal.rights.remaining(short.root, short.key);
    return refuse({ code: 'no-rights', invariant: short.invariant, key: short.key, remaining });
  }
  return { type: 'here', decision, rows: limitRows(settled, proposal, true), rights };
}

function rightsOf(
  cells: readonly NamedCell[],
  view: unknown,
  { args, subjects }: Proposal,
): readonly ProposedRights[] {
  return cells.flatMap(({ invariant, cell }) => {
    if (!cell.escrow) return [];
    const { from, of, per, lowWater, target } = cell.escrow;
    const key = per ? per(args) : (subjects[0] ?? '');
    const { root } = from(view);
    return [{ invariant, root, key, amount: of(args), lowWater, target }];
  });
}

function shortOf(
  rights: readonly ProposedRights[],
  { rights: known }: Proposal,
): ProposedRights | undefined {
  return rights.find(({ root, key, amount }) => amount > 0 && amount > known.remaining(root, key));
}

/** A `home` cell where its key is held; its second cell elsewhere. */
function atHome(named: NamedCell, proposal: Proposal): NamedCell {
  const { home } = named.cell;
  if (named.cell.kind !== 'home' || !home) return named;
  const key = home.key(proposal.args);
  if (proposal.homes.holds(key, home.share)) return { ...named, key, reason: 'home' };
  return atHome({ ...named, cell: home.otherwise, key, reason: 'not-home' }, proposal);
}

function decisionOf({ invariant, cell }: NamedCell, mode: Mode, reason?: DecisionReason): Decision {
  return { mode, cell: cell.kind, invariant, ...(reason && { reason }) };
}

/** The homes that an operation needs, or whose second cells decide. */
export function homeCells(
  app: AppDefinition,
  view: unknown,
  { name, args, mode, user }: Pick<OpContext, 'mode' | 'user'> & Pick<Proposal, 'name' | 'args'>,
): readonly HomeTerms<unknown, unknown>[] {
  return rowOf(app, name).flatMap(([invariant, cell]) => {
    const { home } = resolve(app, invariant, cell, { name, args, view, mode, user });
    return home ? [home] : [];
  });
}

function resolve(
  app: AppDefinition,
  invariant: string,
  cell: AnyPolicyCell,
  call: Known<unknown> & { readonly name: string; readonly args: unknown },
): AnyCell {
  if (typeof cell !== 'function') return cell;
  const { view, mode, user } = call;
  const answer = cell(call.args, { view, mode, user });
  const risky = app.compensations[invariant] ? undefined : consequentialIn(answer);
  if (risky) {
    const place = `policy.${call.name}.${invariant}`;
    throw new Bug('incomplete-policy', `${place}: ${risky} needs compensations.${invariant}`);
  }
  return answer;
}

const free: NamedCell = { invariant: '*', cell: { kind: 'safe' } };

function strictestOf(cells: readonly NamedCell[]): NamedCell {
  let strictest = free;
  for (const one of cells) {
    if (strictness(one.cell) > strictness(strictest.cell)) strictest = one;
  }
  return strictest;
}
function strictness(cell: AnyCell): number {
  return cellKinds.indexOf(cell.kind);
}

/** Rows are kept in every mode: what was done just before a cut counts after it, too. */
function limitRows(
  cells: readonly NamedCell[],
  proposal: Proposal,
  isEnforced: boolean,
): readonly ProposedRow[] {
  return cells.flatMap(({ invariant, cell }) => {
    if (!cell.amount) return [];
    const { of, per } = cell.amount;
    const key = per ? per(proposal.args) : (proposal.subjects[0] ?? '');
    return [{ invariant, key, amount: of(proposal.args), max: isEnforced ? cell.max : undefined }];
  });
}
