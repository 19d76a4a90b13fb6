// The document port on Yjs: stock `Y.Doc`s for edits, contended types for what must not be lost.
export { addWinsSet, claims, counter } from './contended-roots.ts';
export { yjs } from './yjs.ts';
export type { YjsFacet } from './yjs-facet.ts';
