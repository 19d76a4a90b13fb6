// The document port on Yjs: stock `Y.Doc`s for edits, contended types for what must not be lost.
export { addWinsSet, boundedCounter, claims, counter, register } from './contended-roots.ts';
export {
  type TentativeRange,
  tentativeRanges,
  type UncommittedSource,
} from './tentative-ranges.ts';
export { yjs } from './yjs.ts';
export type { YjsFacet } from './yjs-facet.ts';
