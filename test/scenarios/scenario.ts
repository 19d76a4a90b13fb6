// The form of a scenario: an id of the specification, and variants that each run on a stage of their
// own, plainly and with a reload of every client just before its heal. No test framework in here.
import type { App } from '@causeway/core';
import type { Setting } from './stage.ts';
import { Stage } from './stage.ts';

export const scenarioIds = [
  ...['S1', 'S2', 'S3', 'S4', 'S5', 'S6', 'S7', 'S8', 'S9', 'S10', 'S11', 'S12', 'S13', 'S14'],
  ...['S15', 'S16', 'S17', 'S18', 'S19', 'S20', 'S21', 'S22', 'S23', 'S24', 'S25', 'S26', 'S27'],
] as const;

/** How a variant is run. */
export interface Playing {
  readonly seed: number;
  /** Every client reloads just before its heal: a fresh tab over the same disk. */
  readonly isReloaded: boolean;
}

export type Variant =
  /** Throws with evidence where the engine does not do what the scenario says. */
  | { readonly name: string; readonly run: (how: Playing) => Promise<void> }
  /** What it needs does not exist yet. */
  | { readonly name: string; readonly missing: string };

export interface Scenario {
  readonly id: string;
  readonly title: string;
  readonly variants: readonly Variant[];
}

/** A variant on a stage of its own. */
export function played<A extends App>(
  name: string,
  setting: Setting<A>,
  act: (stage: Stage<A>) => Promise<void>,
): Variant {
  return { name, run: (how) => playOn(setting, how, act) };
}

/** Plays on a new stage; at the end everything must settle, and no checker may object. */
export async function playOn<A extends App>(
  setting: Setting<A>,
  how: Playing,
  act: (stage: Stage<A>) => Promise<void>,
): Promise<void> {
  const stage = await Stage.open(setting, how);
  try {
    await act(stage);
    await stage.finish();
  } catch (error) {
    throw stage.withFindings(error);
  }
}

/** A variant that needs no device: only a computation. */
export function computed(name: string, act: () => void): Variant {
  return { name, run: async () => act() };
}

/** A scenario, or a part of one, that cannot be played yet, and why. */
export function missing(name: string, why: string): Variant {
  return { name, missing: why };
}
