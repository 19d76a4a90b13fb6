// Signs of life of a process that runs an application's code, over a pipe of its own: numbers, of what it
// is working on. Each is written whole before the work begins, so the last one says what a process was at
// when it hung or died, however suddenly.
import { writeSync } from 'node:fs';
import type { Readable } from 'node:stream';

const numberBytes = 4;

/** Where the child finds the pipe: after standard input, output, errors and the channel. */
export const pulsePipe = 4;

/** The child's side. Cost: a write to a pipe, some 2 µs. */
export class Pulse {
  private readonly bytes = new Uint8Array(numberBytes);
  private readonly view = new DataView(this.bytes.buffer);

  /** From here to {@link leave}, code that is not ours runs for this. Numbers begin at 1. */
  enter(number: number): void {
    this.view.setUint32(0, number);
    this.beat();
  }

  leave(): void {
    this.enter(0);
  }

  /** It lives, and is at what it was at. */
  beat(): void {
    writeSync(pulsePipe, this.bytes);
  }
}

/** The parent's side. */
export class PulseReader {
  /** What it is working on, or 0. After a death this is where it happened. */
  atWork = 0;
  /** Rises with each sign of life. */
  beats = 0;
  private rest: Buffer = Buffer.alloc(0);

  constructor(pipe: Readable) {
    pipe.on('data', (bytes: Buffer) => this.take(bytes));
    // A pipe that breaks is that of a process that ends: told by its end.
    pipe.on('error', () => undefined);
  }

  private take(bytes: Buffer): void {
    const all = this.rest.length > 0 ? Buffer.concat([this.rest, bytes]) : bytes;
    const whole = all.length - (all.length % numberBytes);
    this.rest = all.subarray(whole);
    this.beats += 1;
    if (whole > 0) this.atWork = all.readUInt32BE(whole - numberBytes);
  }
}

/** Is it silent? To be asked at regular times, of which so many without a sign of life mean that it is. */
export function watchSilence(pulse: PulseReader, timesMax: number): () => boolean {
  let [beats, times] = [pulse.beats, 0];
  return () => {
    times = pulse.beats === beats ? times + 1 : 0;
    beats = pulse.beats;
    return times >= timesMax;
  };
}
