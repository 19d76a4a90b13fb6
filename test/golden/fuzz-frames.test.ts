// Hostile frames by the hundred thousand; the seed is fixed, so that a failure is the same everywhere.
import { describe, expect, it } from 'vitest';
import { fuzzFrames } from './fuzz-frames.ts';

describe('the decoder', () => {
  it('never throws, never hangs, and takes one encoding only', { timeout: 60_000 }, () => {
    const report = fuzzFrames({ frames: 200_000, seed: 20_260 });
    expect(report.frames).toBe(200_000);
    expect(report.slowestMsPerKib).toBeLessThanOrEqual(1);
    // The fuzzing is worth something only if it gets past the envelope: both ways, and often.
    expect(report.accepted).toBeGreaterThan(10_000);
    expect(report.faults['malformed-frame']).toBeGreaterThan(50_000);
    expect(report.faults['unknown-message']).toBeGreaterThan(5_000);
    expect(report.faults['bad-document-id']).toBeGreaterThan(1_000);
    expect(report.faults['unsupported-protocol']).toBeGreaterThan(100);
  });
});
