// A document as applications hold it: Lives over the facts of its driver.
import type {
  App,
  CaseRecord,
  LimitRow,
  OperationId,
  PendingOperation,
  StoredEpisode,
  Touch,
} from '@causeway/core';
import {
  Bug,
  isTentative,
  pendingOperations,
  statusOf,
  toPosition,
  versionVector,
} from '@causeway/core';
import type { DocumentDriver } from './drive-document.ts';
import type { Live, LiveCell } from './live.ts';
import { createLive, isSameData } from './live.ts';
import type { ClientPlatform } from './platform.ts';
import { newOperationId } from './platform.ts';
import { createReceipts } from './receipts.ts';
import type { DocumentHandle, Handle, LimitUse, LinkState, Read, Status, ViewOf } from './types.ts';

/** What the client needs of an open document. */
export interface OpenDocument<A extends App> {
  readonly handle: Handle<A>;
  /** Publishes what changed. */
  refresh(): void;
  setRows(rows: readonly LimitRow[]): void;
}

export function openHandle<A extends App>(o: {
  readonly driver: DocumentDriver;
  readonly platform: ClientPlatform;
  readonly linkState: () => LinkState;
  readonly onClose: () => Promise<void>;
}): OpenDocument<A> {
  const { driver } = o;
  const { state } = driver;
  const readStatus = (): Status => ({ ...statusOf(state), link: o.linkState() });
  const status = createLive<Status>(readStatus(), isSameData);
  const pending = createLive<readonly PendingOperation[]>(pendingOperations(state), isSameData);
  const cases = createLive<readonly CaseRecord[]>([...state.fold.casesById.values()], isSameData);
  const episodes = createLive<readonly StoredEpisode[]>(state.episodes, isSameData);
  const limits = createLive<readonly LimitUse[]>([], isSameData);
  const receipts = createReceipts(state);
  const selections = new Set<() => void>();
  const refresh = (): void => {
    status.set(readStatus());
    pending.set(pendingOperations(state));
    cases.set([...state.fold.casesById.values()]);
    episodes.set([...state.episodes, ...(state.episode ? [state.episode] : [])]);
    receipts.refresh();
    for (const reselect of selections) reselect();
  };
  const surface: DocumentHandle<A> = {
    id: state.id,
    status,
    pending,
    cases,
    episodes,
    limits,
    view: state.document.view as ViewOf<A>,
    run(name, args, bound = {}) {
      const id = newOperationId(o.platform);
      const { withinMs, onTimeout = 'proceed' } = bound;
      const limitedBy = withinMs === undefined ? {} : { bound: { withinMs, onTimeout } };
      driver.tell({ type: 'runRequested', id, name, args, ...limitedBy });
      const receipt = receipts.of(id);
      if (!receipt) throw new Bug('closed-handle', 'the document was closed: open it again');
      return receipt;
    },
    receipt: (id) => receipts.of(id as OperationId),
    select: (from) => select(state, from, selections),
    vector: () => versionVector(state),
    async flush({ signal } = {}) {
      driver.tell({ type: 'sealRequested' });
      refresh();
      await status.waitFor(({ synced }) => synced, signal ? { signal } : {});
    },
    close: o.onClose,
  };
  // Getters of the facet stay getters: Yjs' awareness may be made on first use.
  const facet = state.document.facet as object;
  const handle = Object.create(facet, Object.getOwnPropertyDescriptors(surface)) as Handle<A>;
  return {
    handle,
    refresh,
    setRows: (rows) => limits.set(sumRows(rows)),
  };
}

function select<A extends App, T>(
  state: DocumentDriver['state'],
  from: (doc: ViewOf<A>) => T,
  selections: Set<() => void>,
): Live<Read<T>> {
  const read = (): Read<T> => {
    const seen: { readonly value: T; readonly touched: readonly Touch[] } = state.document.read(
      (view) => from(view as ViewOf<A>),
    );
    return {
      value: seen.value,
      asOf: toPosition(state.head?.epoch ?? 0, state.head?.position ?? 0),
      tentative: isTentative(state, seen.touched),
      stale: state.mode !== 'connected',
    };
  };
  const live: LiveCell<Read<T>> = createLive(read(), isSameData);
  selections.add(() => live.set(read()));
  return live;
}

function sumRows(rows: readonly LimitRow[]): readonly LimitUse[] {
  const uses = new Map<string, LimitUse>();
  for (const { invariant, key, amount } of rows) {
    const name = `${invariant}\u0000${key}`;
    const used = (uses.get(name)?.used ?? 0) + amount;
    uses.set(name, { invariant, key, used });
  }
  return [...uses.values()];
}
