// Time as data: machines are told what time it is, they never look. See ARCHITECTURE §4.

/**
 * When an input happened. `monotonicMs` decides (bounds, probes, settling); `wallMs` (Unix ms) is
 * recorded for people and decides nothing, so a clock set back a year changes no outcome.
 * `random` is a fresh draw in [0, 1) for jitter, from the driver's source (seeded in simulation).
 */
export interface Moment {
  readonly monotonicMs: number;
  readonly wallMs: number;
  readonly random: number;
}
