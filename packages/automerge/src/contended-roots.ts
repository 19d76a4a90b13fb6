// Which ledger keeps the contended roots of a draft or snapshot? That of the replica it comes from.
import type { Contended } from '@causeway/core';
import { Bug, type EntryLedger } from '@causeway/core';

const ledgersByDocument = new WeakMap<object, EntryLedger>();

/** Makes `document`, a draft or snapshot, one whose contended roots `ledger` keeps. */
export function attachLedger(document: object, ledger: EntryLedger): void {
  ledgersByDocument.set(document, ledger);
}

function ledgerOf(document: object): EntryLedger {
  const ledger = ledgersByDocument.get(document);
  if (!ledger) throw new Bug('unknown-document', 'pass the doc that the roots function is given');
  return ledger;
}

type OnAutomerge = Contended<object>;

/**
 * A counter per key in the root `root`. Writers work in operations, compensations and `initial`.
 * Throws Bug `late-root` for a name that the first call of the roots function did not declare,
 * `root-taken` when it has another type.
 */
export const counter: OnAutomerge['counter'] = (doc, root) => ledgerOf(doc).counter(root);

/**
 * A counter per key whose values stay at or above `bounds.min`, also offline: the policy cell
 * `escrow` spends rights that the primary granted. Throws as {@link counter} does, and Bug
 * `bad-bounds`.
 */
export const boundedCounter: OnAutomerge['boundedCounter'] = (doc, root, bounds) =>
  ledgerOf(doc).boundedCounter(root, bounds);

/** A set in which adding wins over removing. Throws as {@link counter} does. */
export const addWinsSet: OnAutomerge['addWinsSet'] = (doc, root) => ledgerOf(doc).addWinsSet(root);

/** Slots that the first committed claim gets. Throws as {@link counter} does. */
export const claims: OnAutomerge['claims'] = (doc, root) => ledgerOf(doc).claims(root);

/**
 * Values that stay in conflict until somebody resolves them: the last writer does not win. Throws as
 * {@link counter} does.
 */
export const register: OnAutomerge['register'] = (doc, root) => ledgerOf(doc).register(root);
