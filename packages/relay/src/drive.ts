// The only loop: hands what happens to the machine, one input at a time, and does what it asks for.
// An error here is a bug of ours: it ends the relay and is reported to the owner, never passed over.
import type { DocumentId, Platform } from '@causeway/core';
import { type DownMessage, decodeUp, isPeerFault, peerFault } from '@causeway/protocol';
import { FrameGatherer } from './frame-gatherer.ts';
import { publishedLimits, type RelayLimits } from './limits.ts';
import type { Link, LinkEvents } from './link.ts';
import { loadHead, readBatch } from './load.ts';
import { LogFailure, type LogStore } from './log/log-store.ts';
import type { RelayEffect } from './relay-effect.ts';
import type { Privilege, RelayInput, SessionId } from './relay-input.ts';
import { type Auditors, createRelayState, type RelayState } from './relay-state.ts';
import { stepRelay } from './step-relay.ts';

export interface DriverOptions {
  readonly platform: Platform;
  readonly store: LogStore;
  readonly limits: RelayLimits;
  readonly auditors: Auditors;
  readonly announce: (document: DocumentId) => void;
  /** The store refused something; the relay goes on. */
  readonly onFailure: (failure: LogFailure) => void;
  /** The loop ended on a bug. Told once. */
  readonly onFatal: (error: unknown) => void;
}

/** Owns the machine's state, the links and the timer. */
export class RelayDriver {
  private readonly o: DriverOptions;
  private readonly state: RelayState;
  private readonly links = new Map<SessionId, Link>();
  private readonly sessions = new Map<Link, SessionId>();
  private readonly gatherer: FrameGatherer;
  private readonly stopped = Promise.withResolvers<void>();
  private sessionCount = 0;
  private cancelWake: () => void = () => undefined;
  private isTurnScheduled = false;
  private isOver = false;

  constructor(o: DriverOptions) {
    this.o = o;
    this.state = createRelayState(o);
    this.gatherer = new FrameGatherer(o.limits.frameBytesMax);
  }

  get sessionsOpen(): number {
    return this.links.size;
  }

  /** Takes a link; `events` is for its adapter to tell what comes. */
  accept(link: Link, privilege: Privilege): LinkEvents {
    const session = ++this.sessionCount;
    this.links.set(session, link);
    this.sessions.set(link, session);
    this.take({ type: 'sessionOpened', session, privilege });
    return {
      frameArrived: (frame) => this.takeFrame(session, frame),
      nonsenseArrived: (what) =>
        this.take({ type: 'peerFaulted', session, fault: peerFault('malformed-frame', what) }),
      drained: () => this.take({ type: 'sessionDrained', session }),
      closed: () => {
        this.forget(session);
        this.take({ type: 'sessionClosed', session });
      },
    };
  }

  /** Ends every session once all that was accepted is answered. */
  async stop(): Promise<void> {
    this.take({ type: 'stopRequested' });
    await this.stopped.promise;
  }

  private takeFrame(session: SessionId, frame: Uint8Array): void {
    if (!this.links.has(session)) return; // Closed meanwhile: what still arrives is nobody's.
    const decoded = decodeUp(frame, publishedLimits(this.o.limits));
    if (isPeerFault(decoded)) {
      this.take({ type: 'peerFaulted', session, fault: decoded });
      return;
    }
    for (const message of decoded) this.take({ type: 'messageReceived', session, message });
  }

  private take(input: RelayInput): void {
    if (this.isOver) return;
    try {
      const { platform } = this.o;
      const effects = stepRelay(this.state, input, platform.moment());
      platform.observe?.({ machine: 'relay', input, effects, state: this.state });
      for (const effect of effects) this.perform(effect);
    } catch (error) {
      this.fail(error);
      return;
    }
    this.scheduleTurn();
  }

  private perform(effect: RelayEffect): void {
    switch (effect.type) {
      case 'send':
        this.send(effect.session, effect.message);
        return;
      case 'closeSession':
        this.close(effect);
        return;
      case 'pauseSession':
        this.links.get(effect.session)?.pause();
        return;
      case 'resumeSession':
        this.links.get(effect.session)?.resume();
        return;
      case 'append':
        this.append(effect);
        return;
      case 'loadHead':
        this.load(effect.session, loadHead(this.o.store, effect));
        return;
      case 'read':
        this.load(effect.session, readBatch(this.o.store, effect));
        return;
      case 'announce':
        this.o.announce(effect.document);
        return;
      case 'reportFailure':
        this.o.onFailure(effect.failure);
        return;
      case 'wakeAt':
        this.wakeAt(effect.monotonicMs);
        return;
      case 'stopped':
        this.end();
        return;
    }
  }

  private send(session: SessionId, message: DownMessage): void {
    const link = this.links.get(session);
    if (link) this.gatherer.add(link, message);
  }

  private close(effect: Extract<RelayEffect, { type: 'closeSession' }>): void {
    const link = this.forget(effect.session);
    if (!link) return;
    this.gatherer.flushOne(link);
    link.close(effect.closeStatus, effect.reason);
  }

  private forget(session: SessionId): Link | undefined {
    const link = this.links.get(session);
    this.links.delete(session);
    if (link) this.sessions.delete(link);
    return link;
  }

  private append({ requests }: Extract<RelayEffect, { type: 'append' }>): void {
    this.o.store
      .append(requests)
      .then((results): RelayInput => ({ type: 'appendAnswered', results }))
      .catch((failure): RelayInput => ({ type: 'appendFailed', failure: asLogFailure(failure) }))
      .then((input) => this.take(input))
      .catch((error) => this.fail(error));
  }

  private load(session: SessionId, loaded: Promise<RelayInput>): void {
    loaded
      .catch(
        (failure): RelayInput => ({ type: 'loadFailed', session, failure: asLogFailure(failure) }),
      )
      .then((input) => this.take(input))
      .catch((error) => this.fail(error));
  }

  private wakeAt(monotonicMs: number): void {
    this.cancelWake();
    const waitMs = Math.max(0, Math.ceil(monotonicMs - this.o.platform.moment().monotonicMs));
    this.cancelWake = this.o.platform.after(waitMs, () => this.take({ type: 'clockAdvanced' }));
  }

  /** One group and one flush per turn of the event loop, after everything that it brought. */
  private scheduleTurn(): void {
    if (this.isTurnScheduled || this.isOver) return;
    this.isTurnScheduled = true;
    this.o.platform.afterTurn(() => this.endTurn());
  }

  private endTurn(): void {
    if (this.isOver) return;
    // Still marked as scheduled, so that this input asks for no turn of its own.
    this.take({ type: 'turnEnded' });
    this.isTurnScheduled = false;
    try {
      const written: Link[] = [];
      this.gatherer.flush((link) => written.push(link));
      for (const link of written) this.watchBuffer(link);
    } catch (error) {
      this.fail(error);
    }
  }

  private watchBuffer(link: Link): void {
    const session = this.sessions.get(link);
    const bytes = link.bufferedBytes();
    if (session === undefined || bytes <= this.o.limits.bufferedBytesSoft) return;
    this.take({ type: 'sessionBuffered', session, bytes });
  }

  private end(): void {
    this.isOver = true;
    this.cancelWake();
    this.stopped.resolve();
  }

  private fail(error: unknown): void {
    if (this.isOver) return;
    this.end();
    for (const link of this.links.values()) link.close(1011, 'internal-error');
    this.links.clear();
    this.o.onFatal(error);
  }
}

/** Only what a store announces as its own failure is one; anything else is a bug and ends the loop. */
function asLogFailure(error: unknown): LogFailure {
  if (error instanceof LogFailure) return error;
  throw error;
}
