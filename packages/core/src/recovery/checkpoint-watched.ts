// Effects that are looked at, as a checkpoint keeps them: each once, though several lists name it, because
// whoever takes one out of a list knows it by itself.
import type { Json } from '../bytes/canonical-json.ts';
import type { OperationId, WriterId } from '../identity.ts';
import type { Kept, Reading, Writing } from './checkpoint-io.ts';
import { at, placeRow, readPlace } from './checkpoint-io.ts';
import type { WatchedEdit, WatchedEffect, WatchedEffects } from './watched-effects.ts';

type Lists = ReadonlyMap<string, readonly WatchedEffect[]>;
type IndexRows = readonly (readonly [string, readonly number[]])[];
type EditRow = readonly [WriterId, OperationId, Json];

export const watchedEffects: Kept<WatchedEffects> = {
  write({ byKey, byRoot, editsByRoot }, to) {
    const effects = [...new Set([...byKey.values(), ...byRoot.values()].flat())];
    const indexes = (lists: Lists): Json =>
      [...lists].map(([place, list]) => [place, list.map((one) => effects.indexOf(one))]);
    return {
      effects: effects.map((effect) => effectRow(effect, to)),
      byKey: indexes(byKey),
      byRoot: indexes(byRoot),
      edits: [...editsByRoot].map(([root, edits]) => [
        root,
        [...edits].map(([writer, { id, place }]) => [writer, id, placeRow(place, to)]),
      ]),
    };
  },
  read(json, from) {
    const kept = json as unknown as {
      readonly effects: readonly Json[];
      readonly byKey: IndexRows;
      readonly byRoot: IndexRows;
      readonly edits: readonly (readonly [string, readonly EditRow[]])[];
    };
    const effects = kept.effects.map((row) => readEffect(row, from));
    const lists = (rows: IndexRows): Map<string, readonly WatchedEffect[]> =>
      new Map(rows.map(([place, list]) => [place, list.map((index) => at(effects, index))]));
    const edits = kept.edits.map(([root, rows]) => [root, readEdits(rows, from)] as const);
    return { byKey: lists(kept.byKey), byRoot: lists(kept.byRoot), editsByRoot: new Map(edits) };
  },
};

function effectRow({ recorded, place, keys, roots }: WatchedEffect, to: Writing): Json {
  return [recorded as unknown as Json, placeRow(place, to), keys, roots];
}

function readEffect(row: Json, from: Reading): WatchedEffect {
  const [recorded, place, keys, roots] = row as unknown as readonly [
    WatchedEffect['recorded'],
    Json,
    readonly string[],
    readonly string[],
  ];
  return { recorded, place: readPlace(place, from), keys, roots };
}

function readEdits(rows: readonly EditRow[], from: Reading): Map<WriterId, WatchedEdit> {
  return new Map(
    rows.map(([writer, id, place]) => [writer, { id, place: readPlace(place, from) }]),
  );
}
