// Plays the variants of scenarios one after the other and says what became of each: passed, failed
// with its evidence, or missing with what it needs.
import type { Scenario, Variant } from './scenario.ts';

export interface ScenarioResult {
  readonly id: string;
  /** The variant's name, and whether every client was reloaded before its heal. */
  readonly variant: string;
  readonly engine: 'yjs';
  readonly result: 'passed' | 'failed' | 'missing';
  readonly seed: number;
  readonly ms: number;
  /** What failed, or what is missing. */
  readonly why?: string;
}

/** One run of a variant: what there is to play. */
export interface Part {
  readonly scenario: Scenario;
  readonly variant: Variant;
  readonly isReloaded: boolean;
}

/** Every variant of these scenarios twice: plainly, and with reloads. */
export function partsOf(scenarios: readonly Scenario[]): readonly Part[] {
  return scenarios.flatMap((scenario) =>
    scenario.variants.flatMap((variant) =>
      [false, true].map((isReloaded) => ({ scenario, variant, isReloaded })),
    ),
  );
}

export function nameOf({ variant, isReloaded }: Part): string {
  return `${variant.name}, ${isReloaded ? 'reload' : 'plain'}`;
}

/** Never throws: what a variant throws is its result. */
export async function playPart(part: Part, seed: number): Promise<ScenarioResult> {
  const { scenario, variant, isReloaded } = part;
  const about = { id: scenario.id, variant: nameOf(part), engine: 'yjs', seed } as const;
  if ('missing' in variant) return { ...about, result: 'missing', ms: 0, why: variant.missing };
  const startedMs = performance.now();
  const passedMs = (): number => Math.round(performance.now() - startedMs);
  try {
    await variant.run({ seed, isReloaded });
    return { ...about, result: 'passed', ms: passedMs() };
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    return { ...about, result: 'failed', ms: passedMs(), why };
  }
}
