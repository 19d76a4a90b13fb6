// Signs of life from the primary's thread, in shared memory: they can be read while the thread hangs
// in an application's loop, and they say at which document it does.

const beats = 0;
const entered = 1;

/** Two 32-bit numbers: a count that rises while the thread lives, and what it is working on. */
export type Pulse = Int32Array<SharedArrayBuffer>;

export function createPulse(): Pulse {
  return new Int32Array(new SharedArrayBuffer(2 * Int32Array.BYTES_PER_ELEMENT));
}

export function beat(pulse: Pulse): void {
  Atomics.add(pulse, beats, 1);
}

/** From here to {@link leave}, the application's code runs for one document. Numbers begin at 1. */
export function enter(pulse: Pulse, documentNumber: number): void {
  beat(pulse);
  Atomics.store(pulse, entered, documentNumber);
}

export function leave(pulse: Pulse): void {
  Atomics.store(pulse, entered, 0);
}

export function countBeats(pulse: Pulse): number {
  return Atomics.load(pulse, beats);
}

/** The document at work, or 0. After a death this is where it happened. */
export function documentAtWork(pulse: Pulse): number {
  return Atomics.load(pulse, entered);
}
