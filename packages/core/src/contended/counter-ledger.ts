// Sums per key of write-once entries `[key, by]`. @see contended.ts

import type { Counter } from '../app/contended.ts';
import { assert } from '../assert.ts';
import type { Json } from '../bytes/canonical-json.ts';
import type { Entry } from './entry.ts';
import { isVoid } from './entry.ts';
import type { RootAccess, RootParts } from './root-ledger.ts';
import { recordOf } from './root-ledger.ts';

/** Two limbs, because a sum of many large entries must not round: it could not be taken back. */
interface Sum {
  high: number;
  low: number;
  entries: number;
}
const limb = 2 ** 32;

/** The counter of one root and its ledger. */
export function createCounter(access: RootAccess): RootParts<Counter> {
  const sums = new Map<string, Sum>();
  const add = (entry: Entry, sign: 1 | -1): void => {
    const { value } = entry;
    if (isVoid(entry) || !isCounterEntry(value)) return;
    const [key, by] = value;
    const known = sums.get(key);
    const sum = known ?? { high: 0, low: 0, entries: 0 };
    const high = Math.floor(by / limb);
    const low = sum.low + sign * (by - high * limb);
    const carry = Math.floor(low / limb);
    sum.high += sign * high + carry;
    sum.low = low - carry * limb;
    sum.entries += sign;
    if (sum.entries === 0) sums.delete(key);
    else if (!known) sums.set(key, sum);
    access.noteTouch(key);
  };
  return {
    ledger: {
      kind: 'counter',
      isOrdered: false,
      isEntry: isCounterEntry,
      count: (entry) => add(entry, 1),
      discount: (entry) => add(entry, -1),
      content: () => recordOf([...sums].map(([key, sum]) => [key, toNumber(sum)])),
    },
    writer: {
      keys() {
        access.noteRead(undefined);
        return sums.keys();
      },
      get(key) {
        access.noteRead(key);
        return toNumber(sums.get(key));
      },
      add(key, by) {
        assert(Number.isSafeInteger(by), 'not-whole', `${by}: a counter adds whole numbers`);
        access.write([key, by]);
      },
    },
  };
}

function toNumber(sum: Sum | undefined): number {
  return sum ? sum.high * limb + sum.low : 0;
}

function isCounterEntry(value: Json): value is readonly [string, number] {
  if (!Array.isArray(value) || value.length !== 2) return false;
  return typeof value[0] === 'string' && Number.isSafeInteger(value[1]);
}
