// Sagas as a handle shows them: to start one, to have it undone, and how all of them stand.
import type { App, OperationId, SagaStatus } from '@causeway/core';
import { Bug, sagasOf } from '@causeway/core';
import type { DocumentDriver } from './drive-document.ts';
import { createLive, isSameData } from './live.ts';
import type { ClientPlatform } from './platform.ts';
import { newOperationId } from './platform.ts';
import type { Receipt } from './receipt.ts';
import type { Receipts } from './receipts.ts';
import type { DocumentHandle } from './types.ts';

export interface SagaSurface<A extends App> {
  readonly parts: Pick<DocumentHandle<A>, 'startSaga' | 'abortSaga' | 'sagas'>;
  /** Publishes what changed. */
  refresh(): void;
}

export function createSagaSurface<A extends App>(o: {
  readonly driver: DocumentDriver;
  readonly platform: ClientPlatform;
  readonly receipts: Receipts;
}): SagaSurface<A> {
  const { driver, platform, receipts } = o;
  const sagas = createLive<readonly SagaStatus[]>(sagasOf(driver.state), isSameData);
  const receiptOf = (id: OperationId): Receipt => {
    const receipt = receipts.of(id);
    if (!receipt) throw new Bug('closed-handle', 'the document was closed: open it again');
    return receipt;
  };
  return {
    parts: {
      sagas,
      startSaga(name, args, more = {}) {
        const id = newOperationId(platform);
        driver.tell({ type: 'sagaRequested', id, name, args, ...more });
        return receiptOf(id);
      },
      abortSaga(saga) {
        const id = newOperationId(platform);
        driver.tell({ type: 'sagaAborted', id, saga: saga as OperationId });
        return receiptOf(id);
      },
    },
    refresh: () => sagas.set(sagasOf(driver.state)),
  };
}
