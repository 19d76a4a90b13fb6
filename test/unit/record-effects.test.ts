// What a run may ask for outside: as declared, numbered in its order, or the run is undone.

import { type EffectRecord, recordEffects } from '@causeway/core';
import * as v from 'valibot';
import { expect, it } from 'vitest';

const declared = {
  dispense: {
    payload: v.object({ cents: v.pipe(v.number(), v.minValue(1)) }),
    runs: 'device',
    delivery: 'at-most-once',
  },
} as const;

it('keeps what is declared, in its order, as its schema gives it', () => {
  const kept: EffectRecord[] = [];
  const effect = recordEffects(declared, kept);
  effect('dispense', { cents: 5, more: true });
  effect('dispense', { cents: 6 });
  expect(kept).toEqual([
    { index: 0, name: 'dispense', payload: { cents: 5 } },
    { index: 1, name: 'dispense', payload: { cents: 6 } },
  ]);
});

it.each([
  ['mail', {}, 'unknown-effect'],
  ['toString', {}, 'unknown-effect'],
  ['dispense', { cents: 0 }, 'invalid-effect'],
])('undoes a run that asks for %s %j', (name, payload, code) => {
  const kept: EffectRecord[] = [];
  expect(() => recordEffects(declared, kept)(name, payload)).toThrow(
    expect.objectContaining({ code }),
  );
  expect(kept).toEqual([]);
});
