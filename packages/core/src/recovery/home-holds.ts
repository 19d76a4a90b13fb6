// A held key binds the connected side as well: what needs it waits until its holders gave it back, or
// their lease has ended. Prohibiting the cut-off side alone would be unsound.
// @see Indigo (EuroSys 2015), reservations; docs/ARCHITECTURE.md, §5, "home".
import type { AppDefinition } from '../app/app-definition.ts';
import type { Recorded, Schemas } from '../app/operation.ts';
import type { Cell, CellKind, HomeTerms, Share } from '../app/policy-table.ts';
import type { Fact } from '../coordination/facts.ts';
import type { ReplicaId } from '../identity.ts';
import type { Moment } from '../moment.ts';
import { homeCells } from '../partition/decide.ts';
import { blockerOf } from '../partition/homes.ts';
import type { PrimaryState, WaitingIntent } from './primary-state.ts';
import type { Refusal } from './run-at-primary.ts';

/** A holder that does not answer a recall within this time counts as unreachable. */
const reachMs = 2_000;
const defaultLeaseMs = 60_000;

export type Hold =
  | { readonly type: 'wait'; readonly waitUntilMs: number }
  | { readonly type: 'append'; readonly facts: readonly Fact[] }
  | { readonly type: 'refuse'; readonly refusal: Refusal };

/** What keeps an operation off its keys, if anything does. */
export function homeHold(
  state: PrimaryState,
  intent: Pick<WaitingIntent, 'operation' | 'replica'>,
  o: {
    readonly policy: AppDefinition;
    readonly args: unknown;
    readonly recorded: Recorded<Schemas>;
    readonly moment: Moment;
  },
): Hold | undefined {
  const { value: cells } = state.document.read((view) => homeCells(o.policy, view, o.recorded));
  for (const terms of cells) {
    const key = terms.key(o.args);
    const held = holdOn(state, intent, { key, terms, moment: o.moment });
    if (held) return held;
  }
  return undefined;
}

function holdOn(
  state: PrimaryState,
  intent: Pick<WaitingIntent, 'operation' | 'replica'>,
  { key, terms, moment }: { key: string; terms: HomeTerms<unknown, unknown>; moment: Moment },
): Hold | undefined {
  const { share, leaseMs, otherwise } = terms;
  const holder = blockerOf(state.fold, { key, share, replica: intent.replica });
  if (!holder) return undefined;
  if (!waitsOrStops(otherwise)) return undefined; // Its second cell lets it go on.
  const need = { key, share, replica: intent.replica, operation: intent.operation.id };
  if (otherwise.kind !== 'prohibit') return takeOver(state, need, leaseMs, moment);
  const recalled = recall(state, need, moment);
  if (recalled.type === 'append' || recalled.sinceMs + reachMs > moment.monotonicMs) {
    return recalled.type === 'append'
      ? recalled
      : { type: 'wait', waitUntilMs: recalled.sinceMs + reachMs };
  }
  const reason = `${key} is held elsewhere`;
  return { type: 'refuse', refusal: { code: 'not-home', reason, key, home: holder } };
}

function waitsOrStops({ kind }: Cell<unknown, unknown, CellKind>): boolean {
  return kind === 'delay' || kind === 'prohibit' || kind === 'home';
}

interface Need {
  readonly key: string;
  readonly share: Share;
  readonly replica: ReplicaId;
  readonly operation: WaitingIntent['operation']['id'];
}

/** Asks the holders first; when the lease has ended since, they hold the key no more. */
export function takeOver(
  state: PrimaryState,
  need: Need,
  leaseMs: number,
  moment: Moment,
): Hold | undefined {
  const recalled = recall(state, need, moment);
  if (recalled.type === 'append') return recalled;
  const endMs = recalled.sinceMs + leaseMs;
  if (moment.monotonicMs < endMs) return { type: 'wait', waitUntilMs: endMs };
  const { key } = need;
  const facts = [...(state.fold.homes.get(key) ?? [])]
    .filter(([replica, held]) => {
      const isCompatible = held === 'shared' && need.share === 'shared';
      return replica !== need.replica && !isCompatible;
    })
    .map(([replica]): Fact => ({ fact: 'home', key, replica, share: 'none' }));
  return { type: 'append', facts };
}

/** Since when the holders are asked; a primary that started meanwhile counts from then. */
function recall(
  state: PrimaryState,
  { key, operation }: Need,
  moment: Moment,
):
  | { readonly type: 'append'; readonly facts: readonly Fact[] }
  | { type: 'since'; sinceMs: number } {
  if (!state.fold.recalled.has(key)) {
    return { type: 'append', facts: [{ fact: 'recall', key, operation }] };
  }
  const sinceMs = state.recalledSinceMs.get(key) ?? moment.monotonicMs;
  state.recalledSinceMs.set(key, sinceMs);
  return { type: 'since', sinceMs };
}

/** The longest lease that any cell of the table promises to a holder. */
export function longestLeaseMs({ policy }: AppDefinition): number {
  const cells = Object.values(policy).flatMap((row) =>
    'row' in row && typeof row.row === 'object' ? [row.row] : Object.values(row),
  );
  const leases = cells.flatMap((cell) =>
    typeof cell === 'object' && 'home' in cell && cell.home ? [cell.home.leaseMs] : [],
  );
  return Math.max(defaultLeaseMs, ...leases);
}
