// One cell in plain words: what it means while cut off, and why it is as it is. The table of kinds is
// total, so a new kind does not compile before it is explained here.
import { Bug } from '../assert.ts';
import type { AnyCell, AnyPolicyCell } from './app-definition.ts';
import type { DescribedCell, Exposure, WhileConnected } from './described-policy.ts';
import { type CellKind, cellKinds } from './policy-table.ts';

/** Where a cell stands, and what its sentences depend on beside the cell itself. */
export interface CellPlace {
  readonly operation: string;
  readonly invariant: string;
  readonly connected: WhileConnected;
  readonly replicas: number | undefined;
  readonly hasCompensation: boolean;
  /** Whether the operation names what it is about: the default key of its limits. */
  readonly hasSubjects: boolean;
}

type Words = Pick<DescribedCell, 'cutOff' | 'why'>;

/**
 * Describes one cell, its fallback included.
 * @remarks Throws Bug `incomplete-policy` for a kind that does not exist (JavaScript authors).
 */
export function describeCell(cell: AnyPolicyCell, place: CellPlace): DescribedCell {
  const { operation, invariant, connected, hasCompensation } = place;
  const about = { operation, invariant, connected, hasCompensation };
  if (typeof cell === 'function') return { ...about, kind: 'decided per call', ...perCall };
  const { kind } = cell;
  if (!Object.hasOwn(wordsByKind, kind)) {
    const known = cellKinds.join(', ');
    const problem = `there is no kind "${kind}"; use one of ${known}`;
    throw new Bug('incomplete-policy', `policy.${operation}.${invariant}: ${problem}`);
  }
  const exposure = exposureOf(cell, place);
  const otherwise = cell.home && describeCell(cell.home.otherwise, place);
  return {
    ...about,
    kind,
    ...wordsByKind[kind]({ cell, place, exposure, otherwise }),
    ...(exposure && { exposure }),
    ...(otherwise && { otherwise }),
  };
}

const perCall: Words = {
  cutOff: 'depends on the arguments, the known view, the mode and the user',
  why: 'whether it may break the invariant depends on the call',
};

interface Subject {
  readonly cell: AnyCell;
  readonly place: CellPlace;
  readonly exposure: Exposure | undefined;
  readonly otherwise: DescribedCell | undefined;
}

const wordsByKind: Readonly<Record<CellKind, (subject: Subject) => Words>> = {
  safe: ({ cell, place }) => ({
    cutOff: cell.amount ? 'proceeds, and gives headroom back to the stand-in limit' : 'proceeds',
    why: `it is declared unable to break ${place.invariant}`,
  }),
  risk: ({ place }) => ({
    cutOff: `proceeds as tentative; ${mended(place)}`,
    why: `it may break ${place.invariant}; going on was chosen, and mending afterwards`,
  }),
  limit: ({ place, exposure }) => ({
    cutOff: `${allowance(exposure, place.replicas)}; more is refused; ${mended(place)}`,
    why: `it may break ${place.invariant}; the limit bounds by how much before the primary hears of it`,
  }),
  escrow: ({ cell, place }) => ({
    cutOff: `proceeds within the rights that this device holds${atHand(cell)}; more is refused`,
    why: `the rights of all devices together do not break ${place.invariant}, whoever spends them`,
  }),
  home: ({ cell, place, otherwise }) => ({
    cutOff: `proceeds where this device is the key's home; elsewhere: ${otherwise?.cutOff ?? 'as the cell says'}${lease(cell)}`,
    why:
      cell.home?.share === 'shared'
        ? `those who share a home do not break ${place.invariant} among themselves`
        : `one home alone decides for a key, so no second device can break ${place.invariant}`,
  }),
  delay: ({ place }) => ({
    cutOff: 'kept as an intent; runs at the primary after recovery, checked again there',
    why: `it may break ${place.invariant}; only the primary sees all that happened meanwhile`,
  }),
  prohibit: ({ place }) => ({
    cutOff: 'refused before anything is written',
    why: place.hasCompensation
      ? `it may break ${place.invariant}; refusing was chosen, although a compensation exists`
      : `it may break ${place.invariant}, and nothing is declared that would mend it`,
  }),
};

function mended({ invariant, hasCompensation }: CellPlace): string {
  return hasCompensation
    ? `mended by compensations.${invariant}`
    : `nothing mends it: compensations.${invariant} is missing`;
}

function atHand({ escrow }: AnyCell): string {
  return escrow ? ` (kept at hand: ${escrow.target})` : '';
}

function lease({ home }: AnyCell): string {
  return home
    ? `; a silent home keeps the key for ${home.leaseMs / 1_000} s once asked for it`
    : '';
}

function allowance(exposure: Exposure | undefined, replicas: number | undefined): string {
  if (!exposure) return 'proceeds as tentative up to a limit that the cell does not state';
  const { per, perReplica, total } = exposure;
  const each = per === 'key' ? 'per key and device' : 'per device, whatever the key';
  const all =
    total === undefined
      ? `n devices may use n × ${perReplica}`
      : `${replicas} ${replicas === 1 ? 'device' : 'devices'} may use ${total}`;
  return `at most ${perReplica} net ${each}; ${all}`;
}

/** Without subjects and without `per` all operations count against one account, whatever they touch. */
function exposureOf(cell: AnyCell, place: CellPlace): Exposure | undefined {
  if (cell.kind !== 'limit' || typeof cell.max !== 'number') return undefined;
  const { replicas, hasSubjects } = place;
  return {
    per: cell.amount?.per || hasSubjects ? 'key' : 'device',
    perReplica: cell.max,
    ...(replicas !== undefined && { total: replicas * cell.max }),
  };
}
