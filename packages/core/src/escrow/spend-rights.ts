// Does a committed spend count in the primary's ledger of its key? Numbered rights make the answer the
// same for a spend that comes late, comes twice, or comes from a copy of the profile.
// @see docs/adr/0020-escrow.md
import { assert } from '../assert.ts';
import type { GrantId, OperationId, ReplicaId } from '../identity.ts';
import type { SpentRow } from './grant.ts';
import { noteSpent, rowStanding } from './grant.ts';
import type { RightsLedger } from './rights-ledger.ts';
import { findGrant, settle, takeUncovered } from './rights-ledger.ts';

/** A committed operation of `replica` that spends rights: all of its rows on this key, or none. */
export interface Spend {
  readonly operation: OperationId;
  readonly replica: ReplicaId;
  readonly rows: readonly SpentRow[];
}

export type SpendOutcome =
  /** It counts. `late`: from a grant that was reclaimed. */
  | { readonly type: 'spent'; readonly late: boolean }
  /** The same operation again: it counted before, nothing changed. */
  | { readonly type: 'duplicate' }
  | {
      readonly type: 'void';
      /** `fork`: two copies of a profile spent one right, or one that was given back: an alarm. */
      readonly reason: 'fork' | 'too-late' | 'not-granted';
      readonly grant: GrantId | undefined;
      /** The first fork of this grant: worth telling. */
      readonly isNewFork: boolean;
    };

/**
 * What {@link spendRights} would answer, without doing it: for an operation that spends from several
 * keys, which must stand or be void as a whole. Cost: O(rows × log spends of a grant). Total.
 */
export function checkSpend(ledger: RightsLedger, spend: Spend): SpendOutcome {
  const judged = spend.rows.map((row) => judgeRow(ledger, spend, row));
  const voids = judged.filter((one) => typeof one === 'object');
  const bad = voids.find(({ reason }) => reason === 'fork') ?? voids[0];
  if (bad) return bad;
  if (judged.length === 0 || hasOverlap(spend.rows)) return voided('not-granted', undefined);
  if (judged.every((one) => one === 'repeated')) return { type: 'duplicate' };
  const repeated = judged.indexOf('repeated');
  if (repeated >= 0) return forked(ledger, spend.rows[repeated]);
  return { type: 'spent', late: judged.includes('late') };
}

/**
 * Counts a committed spend: the value falls by the amount of its rows. What is void changes neither
 * value nor rights; its operation must be judged void. When an operation whose spend counts is void
 * for another reason, `credit` its amount after this: its numbers stay used.
 *
 * @returns `spent`; `duplicate`; or `void`: `not-granted` (no such grant of this replica, or no such
 * number), `too-late` (reclaimed under `hard`), `fork` (the grant is frozen: tell its holder).
 * @remarks Cost: O(rows × log spends of a grant + grants of the key).
 */
export function spendRights(ledger: RightsLedger, spend: Spend): SpendOutcome {
  const outcome = checkSpend(ledger, spend);
  if (outcome.type === 'void' && outcome.reason === 'fork') {
    const grant = outcome.grant && findGrant(ledger, outcome.grant);
    if (grant) grant.isForked = true;
  }
  if (outcome.type !== 'spent') return outcome;
  for (const row of spend.rows) takeRow(ledger, row, spend.operation);
  return settle(ledger, outcome);
}

function takeRow(ledger: RightsLedger, row: SpentRow, operation: OperationId): void {
  const grant = findGrant(ledger, row.grant);
  assert(grant !== undefined, 'no-grant', `grant "${row.grant}" was there a moment ago`);
  noteSpent(grant, row, operation);
  grant.left -= row.amount;
  if (grant.state === 'open') ledger.value -= row.amount;
  else takeUncovered(ledger, row.amount); // Its rights went back to the pool, maybe to others.
}

type RowVerdict = 'open' | 'late' | 'repeated' | (SpendOutcome & { type: 'void' });

function judgeRow(ledger: RightsLedger, spend: Spend, row: SpentRow): RowVerdict {
  const grant = findGrant(ledger, row.grant);
  if (!grant || grant.holder !== spend.replica) return voided('not-granted', row.grant);
  const standing = rowStanding(grant, row, spend.operation);
  if (standing === 'no-such-number') return voided('not-granted', row.grant);
  if (standing === 'repeated') return 'repeated';
  // Who gave it back said that nothing more would come: this is another copy of that profile.
  if (standing === 'taken' || grant.state === 'closed') return forked(ledger, row);
  if (grant.state === 'open') return 'open';
  return ledger.bounds.reclaim === 'hard' ? voided('too-late', row.grant) : 'late';
}

function forked(ledger: RightsLedger, row: SpentRow | undefined): SpendOutcome & { type: 'void' } {
  const grant = row && findGrant(ledger, row.grant);
  return { ...voided('fork', row?.grant), isNewFork: grant?.isForked === false };
}

function voided(
  reason: 'fork' | 'too-late' | 'not-granted',
  grant: GrantId | undefined,
): SpendOutcome & { type: 'void' } {
  return { type: 'void', reason, grant, isNewFork: false };
}

function hasOverlap(rows: readonly SpentRow[]): boolean {
  return rows.some((a, at) =>
    rows
      .slice(at + 1)
      .some((b) => a.grant === b.grant && a.from < b.from + b.amount && b.from < a.from + a.amount),
  );
}
