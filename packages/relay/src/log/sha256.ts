// The relay's hash port: the platform's own SHA-256.
import { hash } from 'node:crypto';
import type { Hash } from '@causeway/core';

/** SHA-256 in a buffer of its own, so that sending or keeping it does not keep a pool alive. */
export const sha256: Hash = (bytes) => new Uint8Array(hash('sha256', bytes, 'buffer'));
