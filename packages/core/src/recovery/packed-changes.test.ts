// Bytes for what nobody looks at: do changes come back as they went?
import { describe, expect, it } from 'vitest';
import type { OperationId } from '../identity.ts';
import { packChanges, unpackChanges } from './packed-changes.ts';

const changes = [
  { position: 1, update: Uint8Array.of(1, 2, 3) },
  { position: 300, operation: 'ab' as OperationId, update: new Uint8Array(0) },
  { position: 2 ** 40, operation: 'cd' as OperationId, update: new Uint8Array(1_000).fill(7) },
];

describe('packed changes', () => {
  it('come back as they went', () => {
    expect(unpackChanges(packChanges(changes))).toEqual(changes);
    expect(unpackChanges(packChanges([]))).toEqual([]);
  });

  it('are recognised: other bytes are none', () => {
    const packed = packChanges(changes);
    for (const bytes of [packed.subarray(0, -1), Uint8Array.of(...packed, 0), new Uint8Array(0)]) {
      expect(() => unpackChanges(bytes)).toThrow('not-packed');
    }
  });
});
