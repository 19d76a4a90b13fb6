// Hostile frames by the hundred thousand; the seed is fixed, so that a failure is the same everywhere.
import { describe, expect, it } from 'vitest';
import { fuzzDecoders } from './fuzz-decoders.ts';
import { frameTargets } from './fuzz-frames.ts';

describe('the frame decoders', () => {
  it('never throw, never hang, and take one encoding only', { timeout: 60_000 }, async () => {
    const reports = await fuzzDecoders({ targets: frameTargets(), frames: 200_000, seed: 20_260 });
    expect(reports.flatMap(({ failure }) => failure ?? [])).toEqual([]);
    expect(reports.reduce((sum, { frames }) => sum + frames, 0)).toBe(200_000);
    // The fuzzing is worth something only if it gets past the envelope: both ways, and often.
    const [up, down, vectors] = reports;
    for (const way of [up, down]) {
      expect(way?.accepted).toBeGreaterThan(5_000);
      expect(way?.refused['malformed-frame']).toBeGreaterThan(25_000);
      expect(way?.refused['unknown-message']).toBeGreaterThan(2_500);
      expect(way?.refused['bad-document-id']).toBeGreaterThan(500);
    }
    expect(up?.refused['unsupported-protocol']).toBeGreaterThan(50);
    expect(vectors?.accepted).toBeGreaterThan(20_000);
  });
});
