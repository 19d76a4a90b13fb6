// Clock, chance and timers of the process that a relay runs in.
import { randomBytes } from 'node:crypto';
import type { Platform } from '@causeway/core';

export const thisProcess: Platform = {
  moment: () => ({ monotonicMs: performance.now(), wallMs: Date.now(), random: Math.random() }),
  randomBytes: (count) => new Uint8Array(randomBytes(count)),
  after(ms, act) {
    const timer = setTimeout(act, ms);
    return () => clearTimeout(timer);
  },
  afterTurn: (act) => void setImmediate(act),
};
