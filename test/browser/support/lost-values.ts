// A browser that lost the files in which large values lay. Chromium was seen to behave like this: the
// request that reads one fails, and its transaction with it, handled or not; keys are still there.
import { vi } from 'vitest';

type Reader = (...args: unknown[]) => IDBRequest<unknown>;

/** From now on what `isLost` says of a record's value cannot be read; until mocks are restored. */
export function loseValues(isLost: (value: unknown, store: string) => boolean): void {
  const reading = (request: IDBRequest<unknown>, { name, transaction }: IDBObjectStore) => {
    request.addEventListener('success', (event) => {
      const { result } = request;
      const values: readonly unknown[] = Array.isArray(result) ? result : [result];
      if (values.some((value) => isLost(value, name))) fail(request, transaction, event);
    });
    return request;
  };
  for (const method of ['get', 'getAll'] as const) {
    const ofStore = IDBObjectStore.prototype[method] as Reader;
    vi.spyOn(IDBObjectStore.prototype, method).mockImplementation(function (
      this: IDBObjectStore,
      ...args: unknown[]
    ) {
      return reading(ofStore.apply(this, args), this);
    });
    const ofIndex = IDBIndex.prototype[method] as Reader;
    vi.spyOn(IDBIndex.prototype, method).mockImplementation(function (
      this: IDBIndex,
      ...args: unknown[]
    ) {
      return reading(ofIndex.apply(this, args), this.objectStore);
    });
  }
}

function fail(request: IDBRequest, transaction: IDBTransaction, success: Event): void {
  success.stopImmediatePropagation();
  const error = new DOMException('Data lost due to missing file.', 'NotReadableError');
  Object.defineProperty(request, 'error', { value: error });
  request.dispatchEvent(new Event('error'));
  transaction.abort();
}
