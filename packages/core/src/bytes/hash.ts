// Hashing is a port: a small pure library in the browser, the platform's own on a server.
import { ByteWriter } from './byte-writer.ts';

/** SHA-256 of `bytes`: 32 bytes, synchronous. */
export type Hash = (bytes: Uint8Array) => Uint8Array;

export const hashBytes = 32;
export const zeroHash: Uint8Array = new Uint8Array(hashBytes);

/** Hash of a label and parts, each with its length: no two lists of parts hash the same bytes. */
export function hashParts(hash: Hash, label: string, parts: readonly Uint8Array[]): Uint8Array {
  const writer = new ByteWriter().text(label);
  for (const part of parts) writer.bytes(part);
  return hash(writer.done());
}

export function isSameBytes(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, index) => byte === b[index]);
}

const alphabet = 'abcdefghijklmnopqrstuvwxyz234567';

/** RFC 4648 base 32 in lower case, without padding: short ids that people can read aloud. */
export function bytesToBase32(bytes: Uint8Array): string {
  let text = '';
  let bits = 0;
  let value = 0;
  for (const byte of bytes) {
    value = ((value << 8) | byte) & 0xffff;
    bits += 8;
    while (bits >= 5) {
      bits -= 5;
      text += alphabet[(value >>> bits) & 31] ?? '';
    }
  }
  return bits > 0 ? text + (alphabet[(value << (5 - bits)) & 31] ?? '') : text;
}
