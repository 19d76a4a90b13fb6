// What fuzzing has found and is not mended yet. Each such input is counted by this name in the report
// and does not end its target, so that what is new is seen. An entry goes when its fault is mended.
import { cannotApply, cannotLoad, cannotRun, readsDifferently } from './fuzz-document-targets.ts';
import { silentDamage, staleReader } from './fuzz-log-targets.ts';

export interface KnownFault {
  readonly name: string;
  /** Names of targets, and how the problem begins. */
  readonly targets: readonly string[];
  readonly problem: string;
}

export const knownFaults: readonly KnownFault[] = [
  {
    // Entry ids are not held to the rule for operation ids when a ledger is restored.
    name: 'a state with an entry under an impossible id is saved and not loaded again',
    targets: ['yjs states', 'automerge states'],
    problem: cannotLoad,
  },
  {
    // The update that is kept to be sent later is not read when a state is loaded.
    name: 'a state whose unsent update is garbage is loaded, and the next run throws',
    targets: ['yjs states'],
    problem: cannotRun,
  },
  {
    // Yjs reads embeds with JSON.parse and writes them with JSON.stringify (1e999 becomes null), and
    // gives what goes on in somebody else's client id another parent when it is read again.
    name: 'an update of a hostile writer reads differently after a reload',
    targets: ['yjs updates', 'yjs strange updates', 'automerge strange updates'],
    problem: readsDifferently,
  },
  {
    // Automerge panics on some changes that are sealed well, and cannot freeze bytes.
    name: 'Automerge panics, or throws, on a change that was not refused',
    targets: ['automerge strange updates'],
    problem: cannotApply,
  },
  {
    // Nothing compares the roster with the head: a writer that moved to another document is gone.
    name: 'a writer that is gone from the roster is not missed',
    targets: ['log rows'],
    problem: `${silentDamage}: writers.document`,
  },
  ...['document', 'head', 'roster'].map((kind) => ({
    // No index, and no count of a page's cells, is checked before it is believed.
    name: `a bit that flipped in an index or a page makes a ${kind} vanish in silence`,
    targets: ['log file'],
    problem: `${silentDamage}: changed in the ${kind}`,
  })),
  {
    // node:sqlite throws in the middle of an iteration at numbers beyond 2^53; its statement, and with
    // it the read lock, then stays open until it is used again.
    name: 'a reader that met a number beyond 2^53 goes on reading the past',
    targets: ['log rows'],
    problem: staleReader,
  },
];

export function findKnownFault(target: string, problem: string): KnownFault | undefined {
  return knownFaults.find(
    (fault) => fault.targets.includes(target) && problem.startsWith(fault.problem),
  );
}
