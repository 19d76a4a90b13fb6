// What no person would ask for, but a broken page might: to be refused before anything is written.
import type { Json } from '@causeway/core';
import type { Random } from '../random.ts';
import type { Act } from './workload.ts';

const badArgs: readonly Json[] = [
  null,
  42,
  'nothing',
  [],
  {},
  { cents: -1 },
  { cents: 1.5, account: 'ann' },
  { key: 7, amount: '1' },
  { item: { deep: [[[[]]]] } },
];

const strangers = ['', 'constructor', '__proto__', 'toString', 'no-such-operation'];

/** An operation that does not exist, or one of `names` with arguments that it does not take. */
export function drawNonsense(random: Random, names: readonly string[]): Act {
  const isStrange = random.chance(0.3);
  const name = random.pick(isStrange ? strangers : names);
  return { type: 'run', name, args: random.pick(badArgs) };
}
