// Which roots may only operations write? Invariants name them as their view does; edits are known by the
// library's names, so the view itself is asked which root it reads under each name.
import { assert } from '../assert.ts';
import type { AppDefinition } from './app-definition.ts';
import type { DocumentReplica } from './document-type.ts';

/** The invariants that guard a root, by the library's name of it. Empty for most applications. */
export type GuardedRoots = ReadonlyMap<string, readonly string[]>;

/** Bug `unknown-guard` where the view has no such root. Cost: O(guards), once per replica. */
export function guardedRoots(
  { invariants }: Pick<AppDefinition, 'invariants'>,
  document: Pick<DocumentReplica, 'read'>,
): GuardedRoots {
  const guarded = new Map<string, string[]>();
  for (const [invariant, { guards = [] }] of Object.entries(invariants)) {
    for (const name of guards) {
      const roots = rootsNamed(document, name);
      assert(roots.length > 0, 'unknown-guard', `${invariant} guards "${name}": no such root`);
      for (const root of roots) {
        guarded.set(root, [...(guarded.get(root) ?? []), invariant]);
      }
    }
  }
  return guarded;
}

/** A contended type says its root itself; any other is what reading it touches. */
function rootsNamed(document: Pick<DocumentReplica, 'read'>, name: string): readonly string[] {
  const { value, touched } = document.read((view) => (view as Record<string, unknown>)[name]);
  const isContended = typeof value === 'object' && value !== null && 'root' in value;
  if (touched.length === 0 && isContended) return [String(value.root)];
  return [...new Set(touched.map(({ root }) => root))];
}
