// In which root of a document does a type live? Touches name roots, Yjs events hold types.
import type { Doc } from 'yjs';

/** A type of any kind; what its events are does not matter here. */
export type AnyType = Doc['share'] extends Map<string, infer T> ? T : never;

/** The name of the root that `type` is or is nested in. Cost: O(depth + roots). */
export function rootNameOf(doc: Doc, type: AnyType): string | undefined {
  let top = type;
  while (top._item) {
    const parent: unknown = top._item.parent;
    if (!isType(parent)) return undefined;
    top = parent;
  }
  for (const [name, root] of doc.share) if (root === top) return name;
  return undefined;
}

function isType(value: unknown): value is AnyType {
  return typeof value === 'object' && value !== null && '_item' in value;
}
