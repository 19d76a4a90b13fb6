// Which operations' effects are still to be seen, by the keys and the roots where somebody could
// overwrite them? Only of operations that declare `effectVisible`, and of each place the newest few.
// @see docs/adr/0017-duplicates-and-overwritten.md
import type { Recorded, Schemas } from '../app/operation.ts';
import type { CausalPlace } from '../causality/context.ts';
import type { OperationId, WriterId } from '../identity.ts';

/** An operation whose effect was to be seen when it was looked at last. */
export interface WatchedEffect {
  readonly recorded: Recorded<Schemas>;
  readonly place: CausalPlace;
  /** Subjects and contended keys. */
  readonly keys: readonly string[];
  /** Roots of the library's own types that it wrote. */
  readonly roots: readonly string[];
}

/** An edit of a root: of one writer the newest speaks for all, since who saw it saw the others. */
export interface WatchedEdit {
  readonly id: OperationId;
  readonly place: CausalPlace;
}

export interface WatchedEffects {
  readonly byKey: Map<string, readonly WatchedEffect[]>;
  readonly byRoot: Map<string, readonly WatchedEffect[]>;
  readonly editsByRoot: Map<string, ReadonlyMap<WriterId, WatchedEdit>>;
}

/** Of each key and root so many, the newest: who comes after has mostly seen what is older. */
const watchedMax = 32;

export function nothingWatched(): WatchedEffects {
  return { byKey: new Map(), byRoot: new Map(), editsByRoot: new Map() };
}

/** Cost: O(its places × 32). */
export function watch({ byKey, byRoot }: WatchedEffects, effect: WatchedEffect): void {
  for (const key of effect.keys) push(byKey, key, effect);
  for (const root of effect.roots) push(byRoot, root, effect);
}

/** It is not to be seen any more, or told: nobody looks at it again. */
export function unwatch({ byKey, byRoot }: WatchedEffects, effect: WatchedEffect): void {
  for (const key of effect.keys) remove(byKey, key, effect);
  for (const root of effect.roots) remove(byRoot, root, effect);
}

/** Those at any of these places, each once, oldest first. */
export function watchedAt(
  lists: ReadonlyMap<string, readonly WatchedEffect[]>,
  places: readonly string[],
): readonly WatchedEffect[] {
  return [...new Set(places.flatMap((place) => lists.get(place) ?? []))];
}

/** Keeps the edit in place of its writer's earlier ones. */
export function watchEdit(
  { editsByRoot }: WatchedEffects,
  roots: readonly string[],
  edit: WatchedEdit,
): void {
  for (const root of roots) {
    editsByRoot.set(root, new Map(editsByRoot.get(root)).set(edit.place.writer, edit));
  }
}

type Lists = Map<string, readonly WatchedEffect[]>;

function push(lists: Lists, place: string, effect: WatchedEffect): void {
  lists.set(place, [...(lists.get(place) ?? []), effect].slice(-watchedMax));
}

function remove(lists: Lists, place: string, effect: WatchedEffect): void {
  const left = (lists.get(place) ?? []).filter((other) => other !== effect);
  if (left.length > 0) lists.set(place, left);
  else lists.delete(place);
}
