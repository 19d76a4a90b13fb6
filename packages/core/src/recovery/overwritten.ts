// Whose effect did a commit take away? A merge by the last writer breaks no rule: one of two bookings
// of a slot is gone, and nobody is told, unless somebody looks whether it is still to be seen.
// @see docs/adr/0017-duplicates-and-overwritten.md; docs/ARCHITECTURE.md, §6
import type { Touch } from '../app/document-type.ts';
import type { Recorded, Schemas } from '../app/operation.ts';
import type { CausalPlace } from '../causality/context.ts';
import { isConcurrent } from '../causality/context.ts';
import type { OperationId } from '../identity.ts';
import { attempt } from './attempt.ts';
import type { PrimaryState } from './primary-state.ts';
import type { WatchedEffect } from './watched-effects.ts';
import { unwatch, watch, watchEdit, watchedAt } from './watched-effects.ts';

/** A commit that may have covered something. */
interface Covering {
  readonly by: OperationId;
  readonly place: CausalPlace;
  readonly touched: readonly Touch[];
}

/** An operation was applied and judged. Cost: O(its keys × 32) looks, of operations that declare it. */
export function followVisible(
  state: PrimaryState,
  o: Covering & { readonly recorded: Recorded<Schemas>; readonly stands: boolean },
): void {
  const { recorded, place, touched, stands } = o;
  const keys = [...new Set([...recorded.subjects, ...contendedKeys(touched)])];
  const near = watchedAt(state.watched.byKey, keys);
  for (const effect of near) look(state, effect, { ...o, at: sharedKey(effect, keys) });
  if (!stands || !state.definition.operations[recorded.name]?.effectVisible) return;
  const effect: WatchedEffect = { recorded, place, keys, roots: ownRoots(touched) };
  if (isVisible(state, effect)) watch(state.watched, effect);
  else noteCovered(state, effect);
}

/**
 * An edit, or a compensation, was applied: nobody says which keys it is about, so everything counts that
 * was written to the same roots. Cost: O(touched roots × 32) looks.
 */
export function followUnnamed(state: PrimaryState, o: Covering): void {
  const { byKey, byRoot } = state.watched;
  const roots = ownRoots(o.touched);
  const near = [...watchedAt(byRoot, roots), ...watchedAt(byKey, contendedKeys(o.touched))];
  for (const effect of new Set(near)) {
    look(state, effect, { ...o, at: placeOf(effect) });
  }
  watchEdit(state.watched, roots, { id: o.by, place: o.place });
}

/** What went because its successor had seen it, somebody wanted so. */
function look(
  state: PrimaryState,
  effect: WatchedEffect,
  { by, place, at }: Covering & { readonly at: string },
): void {
  if (isVisible(state, effect)) return;
  unwatch(state.watched, effect);
  if (isConcurrent(effect.place, place)) note(state, effect, by, at);
}

/** The library's merge gave way to somebody earlier in the log: never to be seen by anybody else. */
function noteCovered(state: PrimaryState, effect: WatchedEffect): void {
  const others = watchedAt(state.watched.byKey, effect.keys);
  const other = others.findLast((one) => isConcurrent(one.place, effect.place));
  if (other) return note(state, effect, other.recorded.id, sharedKey(other, effect.keys));
  const edits = effect.roots.flatMap((root) => [
    ...(state.watched.editsByRoot.get(root)?.values() ?? []),
  ]);
  const [edit] = edits
    .filter((one) => isConcurrent(one.place, effect.place))
    .sort((a, b) => b.place.position - a.place.position);
  if (edit) note(state, effect, edit.id, placeOf(effect));
}

/** What the operation itself is about, where the change that covered it says nothing. */
function placeOf({ keys, roots }: WatchedEffect): string {
  return keys[0] ?? roots[0] ?? '';
}

function note(
  state: PrimaryState,
  { recorded }: WatchedEffect,
  by: OperationId,
  key: string,
): void {
  state.facts.push({ fact: 'overwritten', operation: recorded.id, by, key });
}

/** Where the application's code throws nobody can tell, and nothing is said. */
function isVisible(state: PrimaryState, { recorded }: WatchedEffect): boolean {
  const ask = state.definition.operations[recorded.name]?.effectVisible;
  const told = attempt(() => {
    return state.document.read((view) => ask?.(view, recorded.args, recorded)).value;
  });
  return !('value' in told) || told.value !== false;
}

function sharedKey(effect: WatchedEffect, keys: readonly string[]): string {
  return effect.keys.find((key) => keys.includes(key)) ?? '';
}

function contendedKeys(touched: readonly Touch[]): readonly string[] {
  return touched.flatMap(({ key }) => (key === undefined ? [] : [key]));
}

function ownRoots(touched: readonly Touch[]): readonly string[] {
  const roots = touched.flatMap(({ root, key }) => (key === undefined ? [root] : []));
  return [...new Set(roots)];
}
