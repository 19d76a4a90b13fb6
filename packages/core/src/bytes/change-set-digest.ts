// What set of changes is this? An order-independent digest: the sum of the change hashes modulo
// 2^256 (AdHash). Two replicas with equal digests at one position hold the same changes, which
// equal state vectors do not prove. @see Bellare & Micciancio, Eurocrypt 1997, §5.
import { hashBytes } from './hash.ts';

/** The digest with one more change. Cost: O(1). Adding is commutative and associative. */
export function addToDigest(digest: Uint8Array, changeHash: Uint8Array): Uint8Array {
  const sum = new Uint8Array(hashBytes);
  let carry = 0;
  for (let at = hashBytes - 1; at >= 0; at--) {
    const value = (digest[at] ?? 0) + (changeHash[at] ?? 0) + carry;
    sum[at] = value & 0xff;
    carry = value >>> 8;
  }
  return sum;
}
