// The store on Chromium's real IndexedDB: what is saved together is kept or lost together, and two
// tabs cannot spend the same remainder.
import { indexedDbStore } from '@causeway/client';
import type {
  Change,
  DocumentId,
  LimitRow,
  OperationId,
  ReplicaId,
  WriterId,
} from '@causeway/core';
import { encodeHeader, encodeOperationPayload, zeroHash } from '@causeway/core';
import { expect, test } from 'vitest';

const document = 'branch-7' as DocumentId;
const writer = 'a'.repeat(32) as WriterId;
const replica = 'b'.repeat(32) as ReplicaId;
let databases = 0;
const freshName = () => `test-${databases++}-${crypto.randomUUID()}`;

function changeOf(seq: number, id: string): Change {
  const header = {
    kind: 'operation',
    context: { epoch: 1, position: 0, dots: [] },
    operation: {
      id: id as OperationId,
      name: 'withdraw',
      codeVersion: 1,
      user: 'anonymous',
      wallMs: 0,
      decision: { mode: 'partitioned', cell: 'limit', invariant: 'covered' },
    },
  } as const;
  const payload = encodeOperationPayload({ args: { cents: 1 }, update: new Uint8Array([1, 2]) });
  const sealed = { header: encodeHeader(header), payload, effects: new Uint8Array(0) };
  return { author: { writer, replica, clientId: 7 }, seq, header, sealed, hash: zeroHash };
}
function rowOf(id: string, amount: number, max: number | undefined) {
  const row: LimitRow = {
    invariant: 'covered',
    key: 'ann',
    operation: id as OperationId,
    amount,
    writer,
    state: 'reserved',
  };
  return { ...row, max };
}

test('what was saved is there after reopening, and the identity is kept', async () => {
  const database = freshName();
  const store = indexedDbStore({ database });
  expect(await store.open({ fresh: replica })).toEqual({ replica });
  const effects = [
    {
      operation: 'o1' as OperationId,
      index: 0,
      name: 'dispense',
      payload: { cents: 1 },
      state: 'recorded',
    },
  ] as const;
  await store.commit(document, [
    { type: 'reserve', rows: [rowOf('o1', 30, 100)] },
    { type: 'enqueue', change: changeOf(1, 'o1'), effects, isStrict: true },
  ]);
  await store.close();
  const again = indexedDbStore({ database });
  expect(await again.open({ fresh: 'c'.repeat(32) as ReplicaId })).toEqual({ replica });
  const kept = await again.load(document);
  expect(kept.queue.map(({ change }) => change)).toEqual([changeOf(1, 'o1')]);
  expect(kept.rows).toEqual(
    [{ ...rowOf('o1', 30, 100), max: undefined, state: 'spent' }].map(({ max: _, ...row }) => row),
  );
  expect(kept.effects).toEqual(effects);
  await again.close();
});

test('two tabs that spend the same remainder: exactly one wins, 100 times', async () => {
  const database = freshName();
  const tabs = [indexedDbStore({ database }), indexedDbStore({ database })];
  for (const tab of tabs) await tab.open({ fresh: replica });
  for (let round = 0; round < 100; round++) {
    const answers = await Promise.all(
      tabs.map((tab, at) =>
        tab.commit(document, [{ type: 'reserve', rows: [rowOf(`r${round}-${at}`, 10, 10)] }]),
      ),
    );
    expect(
      answers
        .flat()
        .map(({ type }) => type)
        .sort(),
    ).toEqual(['done', 'limit-refused']);
    for (const at of [0, 1]) {
      await tabs[0]?.commit(document, [
        { type: 'release', operation: `r${round}-${at}` as OperationId },
      ]);
    }
  }
  for (const tab of tabs) await tab.close();
});

test('a save that dies between any two steps leaves all of it or nothing', async () => {
  let steps = 0;
  const commands = [
    { type: 'reserve', rows: [rowOf('o1', 5, 100)] },
    {
      type: 'enqueue',
      change: changeOf(1, 'o1'),
      effects: [
        {
          operation: 'o1' as OperationId,
          index: 0,
          name: 'dispense',
          payload: {},
          state: 'recorded',
        },
      ],
      isStrict: true,
    },
  ] as const;
  const counting = indexedDbStore({
    database: freshName(),
    onStep: () => {
      steps += 1;
    },
  });
  await counting.open({ fresh: replica });
  await counting.commit(document, commands);
  await counting.close();
  expect(steps).toBeGreaterThanOrEqual(5);
  for (let deadAt = 1; deadAt <= steps; deadAt++) {
    let step = 0;
    const store = indexedDbStore({
      database: freshName(),
      onStep: () => {
        step += 1;
        if (step === deadAt) throw new Error('the tab died');
      },
    });
    await store.open({ fresh: replica });
    await expect(store.commit(document, commands)).rejects.toMatchObject({ name: 'StoreFailure' });
    const kept = await store.load(document);
    expect([kept.queue, kept.rows, kept.effects]).toEqual([[], [], []]);
    await store.close();
  }
});

test('a damaged record is named, never passed over', async () => {
  const database = freshName();
  const store = indexedDbStore({ database });
  await store.open({ fresh: replica });
  await store.commit(document, [
    { type: 'enqueue', change: changeOf(1, 'o1'), effects: [], isStrict: true },
  ]);
  await damageQueue(database);
  await expect(store.load(document)).rejects.toMatchObject({ code: 'corrupt' });
  await store.close();
});

async function damageQueue(name: string): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const opening = indexedDB.open(name);
  opening.onerror = () => reject(opening.error);
  opening.onsuccess = () => {
    const database = opening.result;
    const transaction = database.transaction('queue', 'readwrite');
    const cursor = transaction.objectStore('queue').openCursor();
    cursor.onsuccess = () => {
      const record = cursor.result?.value;
      if (!record) return;
      record.bytes[5] ^= 1;
      cursor.result?.update(record);
    };
    transaction.oncomplete = () => {
      database.close();
      resolve();
    };
  };
  return promise;
}
