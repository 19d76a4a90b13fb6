// What a driver needs of the machine under it. Browsers and Node give the real thing; a simulated
// world gives its own clock, timers and chance, and drives the very same drivers.
import type { Moment } from './moment.ts';

export interface Platform {
  /** Now, with a fresh draw. */
  moment(): Moment;
  /** Unpredictable bytes, for identities. */
  randomBytes(count: number): Uint8Array;
  /** Calls back once, `ms` from now or later. Returns cancel. */
  after(ms: number, act: () => void): () => void;
  /** Calls back once what runs now is done: to gather what it sends. */
  afterTurn(act: () => void): void;
  /** Told of every step of every machine: for traces and checks. Absent in production. */
  readonly observe?: (step: ObservedStep) => void;
}

/** One step that was taken: `state` as it is after it. Look, do not touch. */
export interface ObservedStep {
  readonly machine: 'replica' | 'link' | 'relay' | 'primary';
  readonly input: { readonly type: string };
  readonly effects: readonly { readonly type: string }[];
  readonly state: object;
}
