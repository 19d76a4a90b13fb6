// One look at a document's view: the value, and how far it can be trusted.
import type { App, Position, ReplicaState, Touch } from '@causeway/core';
import { isTentative, toPosition } from '@causeway/core';
import type { Read, ViewOf } from './types.ts';

/** Up to where this device knows the log. */
export function headOf({ head }: ReplicaState): Position {
  return toPosition(head?.epoch ?? 0, head?.position ?? 0);
}

/** Cost: that of `from`, and O(queue). */
export function readNow<A extends App, T>(
  state: ReplicaState,
  from: (doc: ViewOf<A>) => T,
): Read<T> {
  const seen: { readonly value: T; readonly touched: readonly Touch[] } = state.document.read(
    (view) => from(view as ViewOf<A>),
  );
  return {
    value: seen.value,
    asOf: headOf(state),
    tentative: isTentative(state, seen.touched),
    stale: state.mode !== 'connected',
  };
}
