// CRC-32C (Castagnoli): finds torn and flipped bytes in stored records and frames; no security.

const table = new Uint32Array(256);
for (let index = 0; index < 256; index++) {
  let value = index;
  for (let bit = 0; bit < 8; bit++) value = value & 1 ? (value >>> 1) ^ 0x82f63b78 : value >>> 1;
  table[index] = value >>> 0;
}

/** CRC-32C of `bytes` as an unsigned 32-bit number. Cost: O(bytes). @see RFC 3720, appendix B.4 */
export function checksum(bytes: Uint8Array): number {
  let value = 0xffffffff;
  // By index: iterating costs six times as much, and every frame and record passes here.
  for (let at = 0; at < bytes.length; at++) {
    value = (table[(value ^ (bytes[at] ?? 0)) & 0xff] ?? 0) ^ (value >>> 8);
  }
  return (value ^ 0xffffffff) >>> 0;
}

/** `bytes` followed by their checksum, 4 bytes big-endian: the form of every stored record. */
export function sealRecord(bytes: Uint8Array): Uint8Array {
  const sealed = new Uint8Array(bytes.length + 4);
  sealed.set(bytes);
  const value = checksum(bytes);
  sealed.set(
    [value >>> 24, (value >>> 16) & 0xff, (value >>> 8) & 0xff, value & 0xff],
    bytes.length,
  );
  return sealed;
}

/** What {@link sealRecord} sealed (a view, not a copy), or undefined when it was damaged. */
export function openRecord(sealed: Uint8Array): Uint8Array | undefined {
  if (sealed.length < 4) return undefined;
  const bytes = sealed.subarray(0, sealed.length - 4);
  const [a = 0, b = 0, c = 0, d = 0] = sealed.subarray(sealed.length - 4);
  return checksum(bytes) === ((a << 24) | (b << 16) | (c << 8) | d) >>> 0 ? bytes : undefined;
}
