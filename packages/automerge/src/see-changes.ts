// What did a change reach? Its roots are noted, and the new parts of the snapshot frozen: `freeze`
// makes Automerge freeze what it loads, but not what it changes later (3.5.0).
import type { Patch, PatchCallback } from '@automerge/automerge';
import type { TouchSet } from '@causeway/core';

/** A callback that notes roots in `touches`. Cost: O(patches × depth + what they put). */
export function seeChanges<T>(touches: TouchSet): PatchCallback<T> {
  return (patches, { after }) => {
    for (const { path } of patches) {
      touches.add(String(path[0]), undefined);
      freezeAlong(after, path);
    }
  };
}

function freezeAlong(snapshot: unknown, path: Patch['path']): void {
  let reached: unknown = snapshot;
  for (const step of path) {
    if (typeof reached !== 'object' || reached === null) return;
    Object.freeze(reached);
    reached = Reflect.get(reached, step);
  }
  freezeNew(reached);
}

/** Bytes cannot be frozen; what is frozen was so with all its parts. */
function freezeNew(value: unknown): void {
  if (typeof value !== 'object' || value === null || value instanceof Uint8Array) return;
  if (Object.isFrozen(value)) return;
  Object.freeze(value);
  for (const part of Object.values(value)) freezeNew(part);
}
