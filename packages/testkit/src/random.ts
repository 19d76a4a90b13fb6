// The only source of chance in a simulated world: everything is drawn from one seed, in one order.
import { bytesToHex } from '@causeway/core';

/**
 * A seeded source of random numbers (sfc32). Equal seeds and equal calls give equal numbers on every
 * machine. Not for secrets.
 */
export class Random {
  private a: number;
  private b: number;
  private c: number;
  private counter = 1;

  /** `label` separates sources of one seed that must not influence each other. */
  constructor(seed: number, label = '') {
    this.a = Math.imul(seed, 0x9e3779b1) | 0;
    this.b = Math.floor(seed / 2 ** 32) | 0;
    this.c = 0x85ebca6b;
    for (const character of label) this.c = Math.imul(this.c ^ character.charCodeAt(0), 0x01000193);
    for (let round = 0; round < 12; round++) this.bits();
  }

  /** In [0, 1). */
  next(): number {
    return this.bits() / 2 ** 32;
  }

  /** A whole number in [0, below). */
  below(below: number): number {
    return Math.floor(this.next() * below);
  }

  /** A whole number in [from, to]. */
  between(from: number, to: number): number {
    return from + this.below(to - from + 1);
  }

  chance(probability: number): boolean {
    return this.next() < probability;
  }

  /** One of these; the list must not be empty. */
  pick<T>(list: readonly T[]): T {
    if (list.length === 0) throw new RangeError('pick from an empty list');
    return list[this.below(list.length)] as T;
  }

  /** `count` random bytes in hexadecimal. */
  hex(count: number): string {
    return bytesToHex(this.bytes(count));
  }

  bytes(count: number): Uint8Array {
    const bytes = new Uint8Array(count);
    for (let at = 0; at < count; at++) bytes[at] = this.below(256);
    return bytes;
  }

  private bits(): number {
    const sum = (((this.a + this.b) | 0) + this.counter) | 0;
    this.counter = (this.counter + 1) | 0;
    this.a = this.b ^ (this.b >>> 9);
    this.b = (this.c + (this.c << 3)) | 0;
    this.c = ((this.c << 21) | (this.c >>> 11)) + sum;
    return sum >>> 0;
  }
}
