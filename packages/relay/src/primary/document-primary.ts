// The audit of one document: feeds what comes from the log to the core's machine, and what the
// machine wants to append back to the relay.
import {
  assert,
  type LogEntry,
  type Platform,
  type PrimaryEffect,
  type PrimaryInput,
  type PrimaryState,
  type SealedChange,
  stepPrimary,
} from '@causeway/core';
import type { DownMessage, Push, PushRefusal } from '@causeway/protocol';

/** How long after a refusal that more entries will not cure (a full disk) it is tried again. */
const retryAfterMs = 1_000;

export interface DocumentPrimaryOptions {
  readonly state: PrimaryState;
  readonly platform: Platform;
  readonly push: (push: Push) => void;
  /** Runs what may run the application's code. */
  readonly guard: (work: () => void) => void;
}

/** Owns one document's machine and its timers. */
export class DocumentPrimary {
  private readonly o: DocumentPrimaryOptions;
  private readonly pushed = new Map<number, SealedChange>();
  private cancelWake: () => void = () => undefined;
  /** How far the machine was when it asked for its last append. */
  private pushedAt = 0;
  /** Refused as `moved`, and the entries that came first have not arrived yet. */
  private isOvertaken = false;

  constructor(o: DocumentPrimaryOptions) {
    this.o = o;
  }

  take(message: Extract<DownMessage, { type: 'entries' | 'push-refused' }>): void {
    if (message.type === 'push-refused') {
      this.takeRefusal(message.code);
      return;
    }
    const entries = message.items.map((item, index): LogEntry => {
      const position = message.from + index;
      if (item.type === 'change') return { ...item, position };
      const sealed = this.pushed.get(item.seq);
      assert(sealed !== undefined, 'unknown-own', `own change ${item.seq} was never pushed`);
      return { position, author: this.o.state.author, seq: item.seq, sealed };
    });
    this.tell({ type: 'entriesCommitted', entries });
    if (this.isOvertaken) this.retry('moved');
  }

  /**
   * An append whose condition no longer holds is tried again once the entries have come that it
   * lacks: at once it would be refused again, over and over.
   */
  private takeRefusal(code: PushRefusal): void {
    if (code !== 'moved') {
      this.o.platform.after(retryAfterMs, () => this.retry(code));
    } else if (this.o.state.position === this.pushedAt) {
      this.isOvertaken = true;
    } else {
      this.retry(code);
    }
  }

  private retry(code: PushRefusal): void {
    this.isOvertaken = false;
    this.tell({ type: 'appendRefused', code });
  }

  private tell(input: PrimaryInput): void {
    const { guard, platform, state } = this.o;
    guard(() => {
      const effects = stepPrimary(state, input, platform.moment());
      platform.observe?.({ machine: 'primary', input, effects, state });
      for (const effect of effects) this.perform(effect);
    });
  }

  private perform(effect: PrimaryEffect): void {
    if (effect.type === 'wakeAt') {
      const { platform } = this.o;
      this.cancelWake();
      const waitMs = Math.max(0, Math.ceil(effect.monotonicMs - platform.moment().monotonicMs));
      this.cancelWake = platform.after(waitMs, () => this.tell({ type: 'clockAdvanced' }));
      return;
    }
    const { id, author, position } = this.o.state;
    this.pushedAt = position;
    this.pushed.clear(); // One append at a time: what was refused before is pushed anew.
    for (const [index, change] of effect.changes.entries()) {
      this.pushed.set(effect.firstSeq + index, change);
    }
    this.o.push({ ...effect, type: 'push', document: id, author });
  }
}
