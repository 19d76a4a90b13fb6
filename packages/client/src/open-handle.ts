// A document as applications hold it: Lives over the facts of its driver.
import type {
  App,
  LimitRow,
  OperationId,
  Overlay,
  PendingOperation,
  StoredEpisode,
} from '@causeway/core';
import { overlaysOf, pendingOperations, statusOf, versionVector } from '@causeway/core';
import { createFindings } from './audit-findings.ts';
import type { DocumentDriver } from './drive-document.ts';
import { operationsOf } from './handle-operations.ts';
import { limitsInUse } from './limit-use.ts';
import type { Live, LiveCell } from './live.ts';
import { createLive, isSameData } from './live.ts';
import type { ClientPlatform } from './platform.ts';
import { headOf, readNow } from './read-view.ts';
import { createReceipts } from './receipts.ts';
import { createSagaSurface } from './saga-surface.ts';
import type { DocumentHandle, Handle, LimitUse, LinkState, Read, Status, ViewOf } from './types.ts';
import type { Surface } from './work-surface.ts';
import { createWorkSurface } from './work-surface.ts';

/** What the client needs of an open document. */
export interface OpenDocument<A extends App> extends Pick<Surface, 'closeRisk'> {
  readonly handle: Handle<A>;
  /** Publishes what changed. */
  refresh(): void;
  setRows(rows: readonly LimitRow[]): void;
}

export function openHandle<A extends App>(o: {
  readonly driver: DocumentDriver;
  readonly platform: ClientPlatform;
  /** Of this application and person in this browser. */
  readonly name: string;
  readonly linkState: () => LinkState;
  readonly onClose: () => Promise<void>;
}): OpenDocument<A> {
  const { driver } = o;
  const { state } = driver;
  const readStatus = (): Status => ({ ...statusOf(state), link: o.linkState() });
  const status = createLive<Status>(readStatus(), isSameData);
  const pending = createLive<readonly PendingOperation[]>(pendingOperations(state), isSameData);
  const findings = createFindings(state);
  const episodes = createLive<readonly StoredEpisode[]>(state.episodes, isSameData);
  const limits = createLive<readonly LimitUse[]>([], isSameData);
  const overlays = createLive<readonly Overlay[]>(overlaysOf(state), isSameData);
  const receipts = createReceipts(state, (operation) =>
    driver.tell({ type: 'cancelRequested', operation }),
  );
  const sagas = createSagaSurface<A>({ driver, platform: o.platform, receipts });
  const work = createWorkSurface(state, { ...o, receipts });
  const head = createLive(headOf(state));
  const selections = new Set<() => void>();
  const refresh = (): void => {
    status.set(readStatus());
    pending.set(pendingOperations(state));
    findings.refresh();
    episodes.set([...state.episodes, ...(state.episode ? [state.episode] : [])]);
    overlays.set(overlaysOf(state));
    receipts.refresh();
    head.set(headOf(state));
    for (const reselect of selections) reselect();
    sagas.refresh();
    work.refresh();
  };
  const surface: DocumentHandle<A> = {
    ...work.parts,
    ...sagas.parts,
    id: state.id,
    status,
    pending,
    ...findings.parts,
    episodes,
    limits,
    view: state.document.view as ViewOf<A>,
    overlays,
    ...operationsOf<A>({ driver, platform: o.platform, receipts, head }),
    receipt: (id) => receipts.of(id as OperationId),
    select: (from) => select(state, from, selections),
    vector: () => versionVector(state),
    async flush(until = {}) {
      driver.tell({ type: 'sealRequested' });
      refresh();
      await status.waitFor(({ synced }) => synced, until);
    },
    close: o.onClose,
  };
  const setRows = (rows: readonly LimitRow[]): void => limits.set(limitsInUse(state.app, rows));
  return { handle: withFacet(state, surface), refresh, setRows, closeRisk: work.closeRisk };
}

/** Getters of the facet stay getters: Yjs' awareness may be made on first use. */
function withFacet<A extends App>(
  { document }: DocumentDriver['state'],
  surface: DocumentHandle<A>,
): Handle<A> {
  const facet = document.facet as object;
  return Object.create(facet, Object.getOwnPropertyDescriptors(surface)) as Handle<A>;
}

function select<A extends App, T>(
  state: DocumentDriver['state'],
  from: (doc: ViewOf<A>) => T,
  selections: Set<() => void>,
): Live<Read<T>> {
  const read = (): Read<T> => readNow<A, T>(state, from);
  const live: LiveCell<Read<T>> = createLive(read(), isSameData);
  selections.add(() => live.set(read()));
  return live;
}
