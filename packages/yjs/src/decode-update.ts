// Can an update be applied completely, and what does it bring? Asked before the document is touched:
// Yjs keeps what it cannot integrate yet as pending, and stops half-way at what is not well-formed.
import { createDecoder, readVarUint } from 'lib0/decoding';
import type { Doc, GC, ID, Skip } from 'yjs';
import * as Y from 'yjs';
import { initialClientId } from './initial-client.ts';

type Struct = Y.Item | GC | Skip;
/** The clock up to which each client's structs are there. */
type Clocks = (client: number) => number;

export type DecodedUpdate =
  | { readonly type: 'decoded'; readonly items: readonly Y.Item[] }
  | {
      readonly type: 'refused';
      readonly reason: 'malformed' | 'missing-dependency' | 'client-id-in-use';
    };

/**
 * Reads an update for `doc` without touching it.
 * Refused: `malformed` bytes; `missing-dependency`, when it builds on changes that are not here
 * (apply those first); `client-id-in-use`, when somebody else wrote as this document's client,
 * or as the client of the initial content.
 * Cost: O(update).
 */
export function decodeUpdate(doc: Doc, update: Uint8Array): DecodedUpdate {
  const decoded = tryDecode(update);
  if (!decoded) return { type: 'refused', reason: 'malformed' };
  const { structsByClient, deleted } = decoded;
  const reached = integrate(doc, structsByClient);
  if (!reached) return { type: 'refused', reason: 'missing-dependency' };
  // Yjs throws half-way at a range that deletes nothing.
  const isEmpty = [...deleted.values()].some((ranges) => ranges.some(({ len }) => len < 1));
  if (isEmpty) return { type: 'refused', reason: 'malformed' };
  const hasDeleted = [...deleted].every(([client, ranges]) =>
    ranges.every(({ clock, len }) => clock + len <= reached(client)),
  );
  if (!hasDeleted) return { type: 'refused', reason: 'missing-dependency' };
  // The initial client wrote the base and nothing else, ever: what continues it could not be loaded.
  const isTaken = [doc.clientID, initialClientId].some(
    (client) => reached(client) > Y.getState(doc.store, client),
  );
  if (isTaken) return { type: 'refused', reason: 'client-id-in-use' };
  const structs = [...structsByClient.values()].flat();
  return { type: 'decoded', items: structs.filter((struct) => struct instanceof Y.Item) };
}

interface Decoded {
  readonly structsByClient: ReadonlyMap<number, readonly Struct[]>;
  readonly deleted: ReadonlyMap<
    number,
    readonly { readonly clock: number; readonly len: number }[]
  >;
}

function tryDecode(update: Uint8Array): Decoded | undefined {
  try {
    const { structs, ds } = Y.decodeUpdate(update);
    const structsByClient = new Map<number, Struct[]>();
    for (const struct of structs) {
      const ofClient = structsByClient.get(struct.id.client);
      if (ofClient) ofClient.push(struct);
      else structsByClient.set(struct.id.client, [struct]);
    }
    // Yjs keeps one block per client: of two, the first would silently be lost.
    const blocks = readVarUint(createDecoder(update));
    const isSound = blocks === structsByClient.size && structs.every(isSoundStruct);
    return isSound ? { structsByClient, deleted: ds.clients } : undefined;
  } catch {
    return undefined;
  }
}

/** Yjs trusts a client's structs to build on its earlier ones, and to occupy at least one clock. */
function isSoundStruct(struct: Struct): boolean {
  const { client, clock } = struct.id;
  if (struct.length < 1 || !Number.isSafeInteger(clock + struct.length)) return false;
  return dependenciesOf(struct).every((id) => id.client !== client || id.clock < clock);
}

/**
 * Goes through the structs as Yjs would, with clocks only: a client whose next struct depends on
 * another's waits until that one moved. Undefined when some wait for ever.
 */
function integrate(doc: Doc, structsByClient: Decoded['structsByClient']): Clocks | undefined {
  const clocks = new Map<number, number>();
  const reached: Clocks = (client) => clocks.get(client) ?? Y.getState(doc.store, client);
  const waiting = new Map<number, number[]>();
  const done = new Map<number, number>();
  const work = [...structsByClient.keys()];
  for (let client = work.pop(); client !== undefined; client = work.pop()) {
    const structs = structsByClient.get(client) ?? [];
    const from = done.get(client) ?? 0;
    let at = from;
    for (let struct = structs[at]; struct; struct = structs[++at]) {
      const missing = missingOf(struct, reached);
      if (missing !== undefined) {
        waiting.set(missing, [...(waiting.get(missing) ?? []), client]);
        break;
      }
      const end = struct.id.clock + struct.length;
      if (!(struct instanceof Y.Skip)) clocks.set(client, Math.max(end, reached(client)));
    }
    done.set(client, at);
    if (at === from) continue;
    work.push(...(waiting.get(client) ?? []));
    waiting.delete(client);
  }
  const isComplete = [...structsByClient].every(
    ([client, structs]) => done.get(client) === structs.length,
  );
  return isComplete ? reached : undefined;
}

/** A client whose structs must come first, if any. */
function missingOf(struct: Struct, reached: Clocks): number | undefined {
  const { client, clock } = struct.id;
  if (struct instanceof Y.Skip) return undefined;
  if (clock > reached(client)) return client;
  return dependenciesOf(struct).find((id) => id.client !== client && id.clock >= reached(id.client))
    ?.client;
}

function dependenciesOf(struct: Struct): readonly ID[] {
  if (!(struct instanceof Y.Item)) return [];
  const parent = struct.parent instanceof Y.ID ? struct.parent : null;
  return [struct.origin, struct.rightOrigin, parent].filter((id) => id !== null);
}
