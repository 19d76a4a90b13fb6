// When is a checkpoint of a document's audit taken? Never while entries keep coming, if that can be
// helped: taking one holds up whoever waits for the primary.
// @see docs/adr/0016-checkpoints-and-versions.md
import {
  type DocumentId,
  type LogId,
  type Platform,
  type PrimaryState,
  takeCheckpoint,
} from '@causeway/core';

/** Where checkpoints are kept. What is lost or torn there costs a replay of the log, and nothing else. */
export interface CheckpointPort {
  /** Answers once, later: with the newest that was kept, or undefined where none can be read. */
  load(document: DocumentId, answer: (bytes: Uint8Array | undefined) => void): void;
  /** Keeps it durably, or not at all, some time; nobody waits for it. */
  save(document: DocumentId, position: number, bytes: Uint8Array): void;
}

export interface CheckpointPace {
  /** So many new entries are worth one; more where the state is larger, so that the work stays linear. */
  readonly entries: number;
  /** It is taken in the first pause of this length. */
  readonly pauseMs: number;
  /** After so long without entries, however few there are. */
  readonly idleMs: number;
}

/** In a shorter pause somebody may still be waiting for an answer. */
export const checkpointPauseMs = 250;
/**
 * A larger one is not kept: writing or reading it in one go would take longer than a primary may show no
 * sign of life (1.1 s per 14 MB, on the machine of docs/BENCHMARKS.md). Then the log is read, in batches.
 */
const checkpointBytesMax = 32 * 1024 * 1024;

export interface CheckpointKeeperOptions {
  readonly state: PrimaryState;
  readonly log: LogId;
  readonly pace: CheckpointPace;
  readonly platform: Platform;
  /** Taking one may take long: whoever watches the primary is told at which document. */
  readonly guard: (work: () => void) => void;
  readonly save: CheckpointPort['save'];
}

/** Owns the timer of one document's checkpoints. */
export class CheckpointKeeper {
  private readonly o: CheckpointKeeperOptions;
  private keptPosition: number;
  private isTooLarge = false;
  private cancel: () => void = () => undefined;

  constructor(o: CheckpointKeeperOptions) {
    this.o = o;
    this.keptPosition = o.state.position;
  }

  /** The state has followed the log up to where its prefix has this hash. */
  followed(prefixHash: Uint8Array): void {
    this.cancel();
    const { platform, state } = this.o;
    if (this.isTooLarge || state.position <= this.keptPosition) return;
    this.cancel = platform.after(this.dueInMs(), () => this.keep(prefixHash));
  }

  private dueInMs(): number {
    const { pace, state } = this.o;
    const fresh = state.position - this.keptPosition;
    const worth = Math.max(pace.entries, Math.floor(state.position / 8));
    if (fresh < worth) return pace.idleMs;
    return fresh < 4 * worth ? pace.pauseMs : 0;
  }

  private keep(prefixHash: Uint8Array): void {
    const { guard, log, platform, save, state } = this.o;
    guard(() => {
      const bytes = takeCheckpoint(state, { log, prefixHash }, platform.moment().monotonicMs);
      this.keptPosition = state.position;
      this.isTooLarge = bytes.length > checkpointBytesMax; // It never gets smaller.
      if (!this.isTooLarge) save(state.id, state.position, bytes);
    });
  }
}
