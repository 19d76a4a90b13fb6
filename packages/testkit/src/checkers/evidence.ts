// What a checker compares: the world as it shows itself, and what the log really holds.
import type { World } from '../world/world.ts';
import type { Findings } from './guarantees.ts';
import type { LogTruth } from './log-truth.ts';

export interface Evidence {
  readonly world: World;
  readonly truth: LogTruth;
  readonly findings: Findings;
}
