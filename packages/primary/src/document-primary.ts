// The audit of one document: feeds what comes from the log to the core's machine, and what the
// machine wants to append back to the relay.
import {
  assert,
  type Case,
  type LogEntry,
  type Platform,
  type PrimaryEffect,
  type PrimaryInput,
  type PrimaryState,
  type SealedChange,
  stepPrimary,
} from '@causeway/core';
import type { DownMessage, Push, PushRefusal } from '@causeway/protocol';
import { callHandler } from './call-handler.ts';
import type { Primary } from './define-primary.ts';

/** How long after a refusal that more entries will not cure (a full disk) it is tried again. */
const retryAfterMs = 1_000;

export interface DocumentPrimaryOptions {
  readonly state: PrimaryState;
  /** Where the log ended when it was opened: before that, another primary may have spoken. */
  readonly headPosition: number;
  readonly platform: Platform;
  readonly push: (push: Push) => void;
  /** Told after entries were taken, with the hash of the log's prefix up to them. */
  readonly followed: (prefixHash: Uint8Array) => void;
  readonly handlers: Primary['effects'];
  /** Tells the application's owner of a case that was left to people. */
  readonly escalate: (found: Case) => void;
  /** Runs what may run the application's code. */
  readonly guard: (work: () => void) => void;
  /** The relay takes no audit from here. Default: tried again, as any refusal. */
  readonly onNotPermitted?: () => void;
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
  private isClosed = false;
  private cancelRetry: () => void = () => undefined;

  constructor(o: DocumentPrimaryOptions) {
    this.o = o;
  }

  /** Where no entry is to come, what waited when the last primary ended goes on now. */
  start(): void {
    if (this.o.state.position === this.o.headPosition) this.tell({ type: 'clockAdvanced' });
  }

  /** It says nothing more, and its document is let go. */
  close(): void {
    this.isClosed = true;
    this.cancelWake();
    this.cancelRetry();
    this.o.state.document.close();
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
    const last = message.from + entries.length - 1;
    const headPosition = Math.max(this.o.headPosition, last);
    // One by one: each is a sign of life to whoever watches, and a violation may take its time.
    for (const entry of entries) {
      const isMore = entry.position < headPosition;
      this.tell({ type: 'entriesCommitted', entries: [entry], ...(isMore && { isMore }) });
    }
    if (this.isOvertaken) this.retry('moved');
    this.o.followed(message.prefixHash);
  }

  /**
   * An append whose condition no longer holds is tried again once the entries have come that it
   * lacks: at once it would be refused again, over and over.
   */
  private takeRefusal(code: PushRefusal): void {
    const { onNotPermitted } = this.o;
    if (code === 'not-permitted' && onNotPermitted) {
      onNotPermitted();
    } else if (code !== 'moved') {
      this.cancelRetry();
      this.cancelRetry = this.o.platform.after(retryAfterMs, () => this.retry(code));
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
    if (this.isClosed) return;
    guard(() => {
      const effects = stepPrimary(state, input, platform.moment());
      platform.observe?.({ machine: 'primary', input, effects, state });
      for (const effect of effects) this.perform(effect);
    });
  }

  private perform(effect: PrimaryEffect): void {
    switch (effect.type) {
      case 'append':
        this.append(effect);
        return;
      case 'callHandler': {
        const { handlers, platform } = this.o;
        const handler = Object.hasOwn(handlers, effect.name) ? handlers[effect.name] : undefined;
        callHandler(effect, { handler, platform, tell: (answer) => this.tell(answer) });
        return;
      }
      case 'tellEscalation':
        this.o.escalate(effect.found);
        return;
      case 'wakeAt':
        this.wakeAt(effect.monotonicMs);
        return;
    }
  }

  private wakeAt(atMs: number): void {
    const { platform } = this.o;
    this.cancelWake();
    const waitMs = Math.max(0, Math.ceil(atMs - platform.moment().monotonicMs));
    this.cancelWake = platform.after(waitMs, () => this.tell({ type: 'clockAdvanced' }));
  }

  private append(effect: Extract<PrimaryEffect, { type: 'append' }>): void {
    const { id, author, position } = this.o.state;
    this.pushedAt = position;
    this.pushed.clear(); // One append at a time: what was refused before is pushed anew.
    for (const [index, change] of effect.changes.entries()) {
      this.pushed.set(effect.firstSeq + index, change);
    }
    this.o.push({ ...effect, type: 'push', document: id, author });
  }
}
