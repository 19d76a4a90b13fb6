// Reads what ByteWriter wrote, from anybody: it refuses instead of throwing, and allocates no more
// than the input holds. After a refusal every read answers an empty value, and `ok` stays false.
import { bytesToText } from './text.ts';

const empty = new Uint8Array(0);

/** A cursor over untrusted bytes. Check `ok` once at the end; `rest` tells what was left over. */
export class ByteReader {
  private at = 0;
  private refused = false;
  private readonly input: Uint8Array;

  constructor(input: Uint8Array) {
    this.input = input;
  }

  get ok(): boolean {
    return !this.refused;
  }
  /** Bytes not yet read. */
  get rest(): number {
    return this.refused ? 0 : this.input.length - this.at;
  }
  /** True when everything was read and nothing was refused. */
  get done(): boolean {
    return !this.refused && this.at === this.input.length;
  }

  byte(): number {
    if (this.refused || this.at >= this.input.length) return this.refuse();
    return this.input[this.at++] ?? 0;
  }

  /** A whole number to 2^53 − 1, in its shortest form only (one number, one encoding). */
  uint(): number {
    let value = 0;
    let scale = 1;
    for (let count = 0; count < 8; count++) {
      const byte = this.byte();
      value += (byte & 0x7f) * scale;
      if (byte < 0x80) {
        const isShortest = count === 0 || byte !== 0;
        return isShortest && Number.isSafeInteger(value) ? value : this.refuse();
      }
      scale *= 128;
    }
    return this.refuse();
  }

  /** A view of the next `length` bytes (no copy). */
  fixed(length: number): Uint8Array {
    if (this.refused || length > this.input.length - this.at) {
      this.refuse();
      return empty;
    }
    this.at += length;
    return this.input.subarray(this.at - length, this.at);
  }

  bytes(): Uint8Array {
    return this.fixed(this.uint());
  }

  text(): string {
    const text = bytesToText(this.bytes());
    if (text === undefined) this.refuse();
    return text ?? '';
  }

  /** Marks the input as refused; for callers that know a rule the bytes broke. */
  refuse(): 0 {
    this.refused = true;
    return 0;
  }
}
