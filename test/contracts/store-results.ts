// The effects of what the primary ran for this device: they come with the entries of the log, in every
// tab that follows it.
import { expect } from 'vitest';
import type { StoreClaim } from './store-claim.ts';
import {
  changeOf,
  commitOf,
  document,
  effectOf,
  enqueueOf,
  entriesFrom,
  otherDocument,
  writer,
} from './store-values.ts';

export const storeResults: Readonly<Record<string, StoreClaim>> = {
  'keeps the effects of results with the entries that bring them': async (open) => {
    const store = await open();
    const bare = { ...effectOf('o2', 10), payload: undefined };
    const effects = [effectOf('o1', 0), effectOf('o1', 1, 'unknown'), bare];
    await store.commit(document, [commitOf(1, 2, { effects: [...effects].reverse() })]);
    await store.commit(otherDocument, [commitOf(1, 1)]);
    await store.close();
    const tab = await open();
    const kept = await tab.load(document);
    expect([kept.effects, kept.tail]).toEqual([effects, entriesFrom(1, 2)]);
    expect((await tab.load(otherDocument)).effects).toEqual([]);
  },

  'leaves an effect that is known as it stands, and keeps the others': async (open) => {
    const store = await open();
    const { change, ...rest } = enqueueOf(changeOf(writer, 1, 'o1'), [effectOf('o1', 0)]);
    await store.commit(document, [{ ...rest, change }]);
    await store.commit(document, [{ type: 'mark-effect', effect: effectOf('o1', 0, 'done') }]);
    const told = [effectOf('o1', 0), effectOf('o1', 1), effectOf('o10', 0)];
    await store.commit(document, [commitOf(1, 1, { effects: told })]);
    await store.commit(document, [
      { type: 'mark-effect', effect: effectOf('o1', 1, 'released') },
      commitOf(2, 2, { effects: [effectOf('o1', 1), effectOf('o1', 1, 'unknown')] }),
    ]);
    expect((await store.load(document)).effects).toEqual([
      effectOf('o1', 0, 'done'),
      effectOf('o1', 1, 'released'),
      effectOf('o10', 0),
    ]);
  },

  'keeps them where another tab has written the entries, the first to tell': async (open) => {
    const [one, other] = [await open(), await open()];
    await one.commit(document, [commitOf(1, 3)]);
    const unknown = effectOf('o1', 0, 'unknown');
    await Promise.all([
      one.commit(document, [commitOf(2, 3, { effects: [unknown] })]),
      other.commit(document, [commitOf(1, 3, { effects: [effectOf('o1', 0)] })]),
    ]);
    const { effects, tail } = await other.load(document);
    expect(tail).toEqual(entriesFrom(1, 3));
    expect(effects).toHaveLength(1);
    await other.commit(document, [commitOf(4, 4, { effects: [unknown, effectOf('o1', 0)] })]);
    expect((await one.load(document)).effects).toEqual(effects);
  },

  'keeps neither entries nor effects of a commit whose effects cannot be kept': async (open) => {
    const store = await open();
    await store.commit(document, [enqueueOf(changeOf(writer, 1))]);
    const before = await store.load(document);
    const dequeued = [{ writer: writer.writer, seq: 1 }];
    const effects = [effectOf('o1', 0), { ...effectOf('o1', 1), payload: () => undefined }];
    const failing = store.commit(document, [commitOf(1, 2, { dequeued, effects })]);
    await expect(failing).rejects.toMatchObject({ name: 'StoreFailure', code: 'failed' });
    expect(await store.load(document)).toEqual(before);
  },

  'shares no effect with who told of it': async (open) => {
    const store = await open();
    const payload = { list: [1, 2] };
    await store.commit(document, [
      commitOf(1, 1, { effects: [{ ...effectOf('o1', 0), payload }] }),
    ]);
    payload.list.push(3);
    expect((await store.load(document)).effects[0]?.payload).toEqual({ list: [1, 2] });
  },
};
