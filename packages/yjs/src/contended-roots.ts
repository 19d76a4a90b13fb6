// Which ledger keeps the contended roots of a `Y.Doc`? The one of the replica that opened it.
import type { Contended } from '@causeway/core';
import { Bug, EntryLedger } from '@causeway/core';
import type { Doc } from 'yjs';

const ledgersByDoc = new WeakMap<Doc, EntryLedger>();

/** The ledger of a document that is being opened. */
export function createLedger(doc: Doc): EntryLedger {
  const ledger = new EntryLedger();
  ledgersByDoc.set(doc, ledger);
  return ledger;
}

function ledgerOf(doc: Doc): EntryLedger {
  const ledger = ledgersByDoc.get(doc);
  if (!ledger) throw new Bug('unknown-document', 'contended roots are declared in yjs((doc) => …)');
  return ledger;
}

type OnYjs = Contended<Doc>;

/**
 * A counter per key in the root `root`. Writers work in operations, compensations and `initial`.
 * Throws Bug `late-root` outside the roots function, `root-taken` when the name has another type.
 */
export const counter: OnYjs['counter'] = (doc, root) => ledgerOf(doc).counter(root);

/**
 * A counter per key whose values stay at or above `bounds.min`, also offline: the policy cell
 * `escrow` spends rights that the primary granted. Throws as {@link counter} does, and Bug
 * `bad-bounds`.
 */
export const boundedCounter: OnYjs['boundedCounter'] = (doc, root, bounds) =>
  ledgerOf(doc).boundedCounter(root, bounds);

/** A set in which adding wins over removing. Throws as {@link counter} does. */
export const addWinsSet: OnYjs['addWinsSet'] = (doc, root) => ledgerOf(doc).addWinsSet(root);

/** Slots that the first committed claim gets. Throws as {@link counter} does. */
export const claims: OnYjs['claims'] = (doc, root) => ledgerOf(doc).claims(root);

/**
 * Values that stay in conflict until somebody resolves them: the last writer does not win. Throws as
 * {@link counter} does.
 */
export const register: OnYjs['register'] = (doc, root) => ledgerOf(doc).register(root);
