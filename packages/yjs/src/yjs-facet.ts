// What an application binds its editors to: the stock document and awareness of Yjs.
import { Awareness } from 'y-protocols/awareness';
import type { Doc } from 'yjs';

export interface YjsFacet {
  readonly doc: Doc;
  /** Made when first asked for: it runs a timer, which replicas without editors must not. */
  readonly awareness: Awareness;
}

/** A facet, and how to stop what it runs. */
export function createFacet(doc: Doc): { readonly facet: YjsFacet; readonly close: () => void } {
  let awareness: Awareness | undefined;
  const facet: YjsFacet = {
    doc,
    get awareness() {
      awareness ??= new Awareness(doc);
      return awareness;
    },
  };
  return { facet, close: () => awareness?.destroy() };
}
