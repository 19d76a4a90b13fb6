// Entries that come again after a crash are counted once, and beyond a limit counted only.
import { describe, expect, it } from 'vitest';
import type { Change } from '../causality/change.ts';
import { parseOperationId, parseReplicaId, parseWriterId } from '../identity.ts';
import { engineRequests } from '../intents/intent.ts';
import { mergeEntries } from './note-merged.ts';

const [mine, theirs] = ['a', 'b'].map(
  (digit) => parseReplicaId(digit.repeat(32)) ?? expect.unreachable(),
);
const writer = parseWriterId('c'.repeat(32)) ?? expect.unreachable();
const noBytes = new Uint8Array(0);

function changeOf(
  kind: Change['header']['kind'],
  o: { readonly seq: number; readonly replica?: typeof mine; readonly name?: string },
): Change {
  const { seq, replica = theirs ?? expect.unreachable(), name = 'sell' } = o;
  const id = parseOperationId(`o${seq}`) ?? expect.unreachable();
  const decision = { mode: 'connected', cell: 'safe', invariant: '*' } as const;
  const operation = { id, name, codeVersion: 1, user: 'ann', wallMs: 0, decision };
  const isNamed = kind !== 'edit' && kind !== 'coordination';
  const context = { epoch: 1, position: 0, dots: [] };
  return {
    author: { writer, replica, clientId: 1 },
    seq,
    header: { kind, context, ...(isNamed && { operation }) },
    sealed: { header: noBytes, payload: noBytes, effects: noBytes },
    hash: noBytes,
  };
}

const o = { before: 4, replica: 'a'.repeat(32) };
const batch = [
  changeOf('edit', { seq: 1 }),
  changeOf('operation', { seq: 2, ...(mine && { replica: mine }) }),
  changeOf('coordination', { seq: 3 }),
  changeOf('result', { seq: 4 }),
];

describe('what came together', () => {
  it('is counted by whose it is, and listed by position', () => {
    expect(mergeEntries(undefined, batch, o)).toStrictEqual({
      ...{ after: 4, upTo: 8, own: 1, others: 2, unlisted: 0 },
      order: [
        { position: 6, id: 'o2', name: 'sell', kind: 'operation', isOwn: true },
        { position: 8, id: 'o4', name: 'sell', kind: 'result', isOwn: false },
      ],
    });
  });

  it('is not counted again when it comes again, as a whole or in part', () => {
    const first = mergeEntries(undefined, batch.slice(0, 2), o);
    expect(mergeEntries(first, batch.slice(0, 2), o)).toBeUndefined();
    expect(mergeEntries(first, batch, o)).toStrictEqual(mergeEntries(undefined, batch, o));
    expect(mergeEntries(first, batch.slice(2), { ...o, before: 6 })).toStrictEqual(
      mergeEntries(undefined, batch, o),
    );
  });

  it('says how many it did not read, where another tab left a snapshot of them', () => {
    const first = mergeEntries(undefined, batch.slice(0, 2), o);
    const later = mergeEntries(first, batch, { ...o, before: 9 });
    expect(later).toMatchObject({ after: 4, upTo: 13, own: 2, others: 3, unread: 3 });
    expect(mergeEntries(later, batch, { ...o, before: 15 })).toMatchObject({ unread: 5 });
    expect(mergeEntries(first, batch, { ...o, before: 6 })).not.toHaveProperty('unread');
  });

  it('leaves out what the engine asks for itself', () => {
    const asked = changeOf('intent', { seq: 1, name: engineRequests.read });
    expect(mergeEntries(undefined, [asked], o)).toMatchObject({ others: 1, order: [] });
  });

  it('lists a thousand operations, and counts the others', () => {
    const many = Array.from({ length: 1_003 }, (_, seq) => changeOf('operation', { seq }));
    const merged = mergeEntries(undefined, many, o);
    expect(merged).toMatchObject({ others: 1_003, unlisted: 3 });
    expect(merged?.order).toHaveLength(1_000);
  });
});
