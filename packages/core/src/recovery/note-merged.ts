// What came together after a cut? Each batch that arrives while an episode lasts is added to it, before
// the batch itself is kept: read again after a crash, it is recognised by its positions.
import type { Change, ChangeKind } from '../causality/change.ts';
import { isEngineRequest } from '../intents/intent.ts';
import { askStore } from '../queue/ask-store.ts';
import type { MergedEntries, MergedOperation } from '../queue/stored.ts';
import type { ReplicaState } from '../replica-state.ts';

/** Named entries that one episode lists: a report is read by people. The rest is counted. */
const listedMax = 1_000;

/** Adds the entries after `before`, in commit order. Cost: O(batch + what the episode lists). */
export function noteMerged(state: ReplicaState, before: number, changes: readonly Change[]): void {
  const { author, episode } = state;
  const merged = episode && mergeEntries(episode.merged, changes, { before, ...author });
  if (!merged) return;
  state.episode = { ...episode, merged };
  askStore(state, { type: 'save-episode', episode: state.episode });
}

/**
 * Undefined where all of them were counted before: then a crash came between. Where they begin later than
 * was counted up to, another tab saw what is between, and left a snapshot of it.
 */
export function mergeEntries(
  counted: MergedEntries | undefined,
  changes: readonly Change[],
  { before, replica }: { readonly before: number; readonly replica: string },
): MergedEntries | undefined {
  const known = counted ?? { after: before, upTo: before, ...nothing };
  const fresh = changes.slice(Math.max(0, known.upTo - before));
  if (fresh.length === 0) return undefined;
  const from = before + changes.length - fresh.length + 1;
  const unread = (known.unread ?? 0) + from - 1 - known.upTo;
  return { ...addEntries(known, fresh, { from, replica }), ...(unread > 0 && { unread }) };
}

const nothing = { own: 0, others: 0, order: [], unlisted: 0 } as const;

function addEntries(
  known: MergedEntries,
  changes: readonly Change[],
  o: { readonly from: number; readonly replica: string },
): MergedEntries {
  // What the primary says of it all is no part of what came together.
  const told = changes.map(({ header }) => header.kind !== 'coordination');
  const own = changes.filter(({ author }, at) => told[at] && author.replica === o.replica);
  const named = changes.flatMap((change, at) => operationOf(change, o.from + at, o.replica));
  const order = [...known.order, ...named];
  return {
    after: known.after,
    upTo: o.from + changes.length - 1,
    own: known.own + own.length,
    others: known.others + told.filter(Boolean).length - own.length,
    order: order.slice(0, listedMax),
    unlisted: known.unlisted + Math.max(0, order.length - listedMax),
  };
}

function operationOf(
  { author, header }: Change,
  position: number,
  replica: string,
): readonly MergedOperation[] {
  const { kind, operation } = header;
  if (!operation || !isListed(kind) || isEngineRequest(operation.name)) return [];
  const { id, name } = operation;
  return [{ position, id, name, kind, isOwn: author.replica === replica }];
}

function isListed(kind: ChangeKind): kind is MergedOperation['kind'] {
  return kind === 'operation' || kind === 'intent' || kind === 'result' || kind === 'cancelled';
}
