// The real primary on the small log, as slow, as often overtaken and as often replaced as one likes.
import type { PrimaryEffect, PrimaryInput, PrimaryState } from '@causeway/core';
import { openPrimary, stepPrimary } from '@causeway/core';
import type { SmallWorldParts } from './small-device.ts';
import { documentId, drawAuthor, sha256 } from './small-log.ts';

export class SmallPrimary {
  private readonly parts: SmallWorldParts;
  private state: PrimaryState;
  private fed = 0;
  private wakeAtMs = Number.POSITIVE_INFINITY;
  /** Calls of handlers that have not answered yet. */
  private called: Extract<PrimaryEffect, { type: 'callHandler' }>[] = [];
  private append: Extract<PrimaryEffect, { type: 'append' }> | undefined;

  constructor(parts: SmallWorldParts) {
    this.parts = parts;
    this.state = this.open();
  }

  /** Another one takes over, under a writer of its own, and reads the log from its beginning. */
  restart(): void {
    this.state = this.open();
    this.fed = 0;
    this.append = undefined;
    this.called = [];
    this.wakeAtMs = Number.POSITIVE_INFINITY;
  }

  /** Audits the next entries. True when there were some. */
  audit(count: number): boolean {
    const entries = this.parts.log.entries.slice(this.fed, this.fed + count);
    if (entries.length === 0) return false;
    this.fed += entries.length;
    this.tell({ type: 'entriesCommitted', entries });
    return true;
  }

  /** What it wanted to append goes to the log, if nothing named came between. */
  deliver(): boolean {
    const { append } = this;
    if (!append) return false;
    this.append = undefined;
    const { author } = this.state;
    const code = this.parts.log.append({ ...append, author });
    if (code !== undefined) {
      while (this.audit(1)); // What came between follows at once.
      this.tell({ type: 'appendRefused', code });
    }
    return true;
  }

  /** Handlers answer; sometimes they fail. True when one did. */
  answer(): boolean {
    const call = this.called.shift();
    if (!call) return false;
    const { effect, token } = call;
    const answered = { type: 'handlerAnswered', effect, token } as const;
    const isWell = this.parts.random.chance(0.8);
    this.tell(isWell ? { ...answered, receipt: call.attempt } : { ...answered, failure: 'down' });
    return true;
  }

  passTime(): void {
    if (this.wakeAtMs > this.parts.clock.nowMs) return;
    this.wakeAtMs = Number.POSITIVE_INFINITY;
    this.tell({ type: 'clockAdvanced' });
  }

  private open(): PrimaryState {
    const { definition } = this.parts.workload.app;
    const author = drawAuthor(this.parts.random);
    // Compensations are written as the author's client; who reads them is another one.
    const { clientId } = drawAuthor(this.parts.random);
    const document = definition.document.open({ clientId });
    return openPrimary({ definition, id: documentId, document, author, hash: sha256, epoch: 1 });
  }

  private tell(input: PrimaryInput): void {
    const { clock, random } = this.parts;
    const moment = {
      ...{ monotonicMs: clock.nowMs, wallMs: 1e12 + clock.nowMs },
      random: random.next(),
    };
    for (const effect of stepPrimary(this.state, input, moment)) {
      if (effect.type === 'wakeAt') this.wakeAtMs = effect.monotonicMs;
      else if (effect.type === 'append') this.append = effect;
      else if (effect.type === 'callHandler') this.called.push(effect);
    }
  }
}
