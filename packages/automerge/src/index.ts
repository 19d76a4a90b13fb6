// The document port on Automerge: its documents for edits, contended types for what must not be lost.
export { automerge } from './automerge.ts';
export type { AutomergeFacet } from './automerge-replica.ts';
export { addWinsSet, boundedCounter, claims, counter, register } from './contended-roots.ts';
