// The stage of the tests about what a screen is told: a bank, and the facts behind what it shows.
import type { App } from '@causeway/core';
import { bankOf } from '../scenarios/bank.ts';
import { Stage } from '../scenarios/stage.ts';

const bank = bankOf({ opening: 100, settleMs: 5_000 });
export const openBank = () => Stage.open(bank, { seed: 7, isReloaded: false });

/** Everything is over, and each device has stored that it is. */
export async function rest<A extends App>(stage: Stage<A>): Promise<void> {
  await stage.settle();
  await stage.world.advance(1_000);
}
