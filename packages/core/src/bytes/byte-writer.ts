// Appends numbers, bytes and text to one growing buffer: the write half of every format.
import { Bug } from '../assert.ts';
import { textToBytes } from './text.ts';

/** Owns a buffer that doubles as needed. All lengths are unsigned LEB128 (as in protobuf, Yjs). */
export class ByteWriter {
  private buffer = new Uint8Array(64);
  private length = 0;

  /** One byte, 0 to 255. */
  byte(value: number): this {
    this.reserve(1);
    this.buffer[this.length++] = value;
    return this;
  }

  /** A whole number from 0 to 2^53 − 1, in 1 to 8 bytes; Bug `not-a-uint` for any other value. */
  uint(value: number): this {
    if (!Number.isSafeInteger(value) || value < 0) {
      throw new Bug('not-a-uint', `${value}: pass a whole number from 0 to 2^53 − 1`);
    }
    this.reserve(8);
    let rest = value;
    while (rest > 0x7f) {
      this.buffer[this.length++] = (rest % 128) | 0x80;
      rest = Math.floor(rest / 128);
    }
    this.buffer[this.length++] = rest;
    return this;
  }

  /** Bytes whose length the reader knows. */
  fixed(bytes: Uint8Array): this {
    this.reserve(bytes.length);
    this.buffer.set(bytes, this.length);
    this.length += bytes.length;
    return this;
  }

  /** A length, then as many bytes. */
  bytes(bytes: Uint8Array): this {
    return this.uint(bytes.length).fixed(bytes);
  }

  /** UTF-8, with its length in bytes. */
  text(text: string): this {
    return this.bytes(textToBytes(text));
  }

  /** A copy of all that was written. */
  done(): Uint8Array {
    return this.buffer.slice(0, this.length);
  }

  private reserve(count: number): void {
    if (this.length + count <= this.buffer.length) return;
    const grown = new Uint8Array(Math.max(this.buffer.length * 2, this.length + count));
    grown.set(this.buffer.subarray(0, this.length));
    this.buffer = grown;
  }
}
