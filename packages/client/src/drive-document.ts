// The only loop of a document: feeds inputs to the replica machine one at a time, does what it asks,
// and tells the surface that something may have changed.
import type {
  Bug,
  PartitionMetrics,
  PartitionWatch,
  ReplicaEffect,
  ReplicaInput,
  ReplicaState,
  StoreCommand,
} from '@causeway/core';
import { noticeStep, partitionMetrics, stepReplica, watchPartitions } from '@causeway/core';
import type { UpMessage } from '@causeway/protocol';
import type { ClientPlatform } from './platform.ts';
import type { ReplicaStore } from './store.ts';
import { StoreFailure } from './store.ts';
import type { EffectCall } from './types.ts';

/** How long `close` goes on trying a store that fails. */
const savedWithinMs = 10_000;

export type EffectHandler = (payload: unknown, call: EffectCall) => Promise<unknown>;

export interface DocumentWorld {
  readonly platform: ClientPlatform;
  readonly store: ReplicaStore;
  readonly effects: Readonly<Record<string, EffectHandler>>;
  send(message: UpMessage): void;
  dropLink(): void;
  /** How long communication may take just now, in ms. */
  boundMs(): number;
  /** After each turn of the loop; `rows`: stand-in limits may have changed. */
  changed(o: { readonly rows: boolean }): void;
}

const touchesRows: ReadonlySet<StoreCommand['type']> = new Set(['reserve', 'release', 'commit']);

/** Owns the machine's state, its timer and its place in the store. */
export class DocumentDriver {
  readonly state: ReplicaState;
  private readonly world: DocumentWorld;
  private readonly partitions: PartitionWatch;
  private readonly inputs: ReplicaInput[] = [];
  private readonly bugs: Bug[] = [];
  private isStepping = false;
  private isClosed = false;
  private cancelWake: () => void = () => undefined;
  private storing: Promise<void> = Promise.resolve();

  constructor(state: ReplicaState, world: DocumentWorld) {
    this.state = state;
    this.world = world;
    this.partitions = watchPartitions(state);
  }

  /**
   * Takes one input; inputs that arrive while a step runs wait for it. A Bug of the application's own
   * code is thrown to the caller once everything else is done.
   */
  tell(input: ReplicaInput): void {
    this.inputs.push(input);
    if (this.isStepping) return;
    this.isStepping = true;
    try {
      for (let next = this.inputs.shift(); next; next = this.inputs.shift()) {
        this.take(next);
      }
    } finally {
      this.isStepping = false;
    }
    this.world.changed({ rows: false });
    const bug = this.bugs.shift();
    if (bug) throw bug;
  }

  private take(input: ReplicaInput): void {
    const { platform } = this.world;
    const moment = platform.moment();
    const effects = stepReplica(this.state, input, moment);
    const { state } = this;
    noticeStep(this.partitions, input, { state, moment, boundMs: this.world.boundMs() });
    platform.observe?.({ machine: 'replica', input, effects, state: this.state });
    for (const effect of effects) this.perform(effect);
  }

  metrics(): PartitionMetrics {
    return partitionMetrics(this.partitions, this.state, this.world.platform.moment());
  }

  /**
   * Resolves when nothing is being written and nothing waits to be. Rejects with StoreFailure when
   * the store goes on failing: what is unsaved then is still in memory, so do not let it go.
   */
  async saved(): Promise<void> {
    this.tell({ type: 'sealRequested' });
    const { store } = this.state;
    const endMs = this.world.platform.moment().monotonicMs + savedWithinMs;
    while (store.inFlight.length + store.waiting.length > 0) {
      if (this.world.platform.moment().monotonicMs > endMs) {
        const message = 'this device cannot save: free space, then close again; keep the page open';
        throw new StoreFailure('failed', message, { retry: true, cause: store.failure });
      }
      await (store.inFlight.length > 0 ? this.storing : this.nextTurn());
    }
  }

  /** Rejects as `saved` does, and then stays open. */
  async close(): Promise<void> {
    await this.saved();
    this.isClosed = true;
    this.cancelWake();
    this.state.document.close();
  }

  /** A failed group is retried by the machine's own wish to be woken; this only looks again. */
  private nextTurn(): Promise<void> {
    return new Promise((resolve) => {
      this.world.platform.after(50, resolve);
    });
  }

  private perform(effect: ReplicaEffect): void {
    const document = this.state.id;
    switch (effect.type) {
      case 'store':
        this.storing = this.commit(effect.ticket, effect.commands);
        return;
      case 'subscribe': {
        const { known, vector } = effect;
        return this.world.send({ type: 'open', document, known, vector });
      }
      case 'push':
        return this.world.send({ ...effect, document, ifNamedHead: undefined });
      case 'performEffect':
        void this.act(effect.effect);
        return;
      case 'raiseBug':
        this.bugs.push(effect.bug);
        return;
      case 'dropLink':
        return this.world.dropLink();
      case 'wakeAt':
        return this.wakeAt(effect.monotonicMs);
    }
  }

  private async commit(ticket: number, commands: readonly StoreCommand[]): Promise<void> {
    let answer: ReplicaInput;
    try {
      const results = await this.world.store.commit(this.state.id, commands);
      answer = { type: 'stored', ticket, results };
    } catch (error) {
      const code = error instanceof StoreFailure ? error.code : 'failed';
      answer = { type: 'storeFailed', ticket, code };
    }
    if (commands.some((command) => touchesRows.has(command.type))) {
      this.world.changed({ rows: true });
    }
    this.tell(answer); // Last: it throws what the application's code did wrong.
  }

  private async act(
    effect: Extract<ReplicaEffect, { type: 'performEffect' }>['effect'],
  ): Promise<void> {
    const { operation, index, name, payload } = effect;
    const key = `${operation}:${index}`;
    const handler = this.world.effects[name];
    let result: 'done' | 'failed' = 'failed';
    try {
      if (handler) {
        await handler(payload, { key, operation });
        result = 'done';
      }
    } catch {
      result = 'failed'; // Recorded as such by the machine: at most once becomes `unknown`.
    }
    if (!this.isClosed) this.tell({ type: 'effectAnswered', operation, index, result });
  }

  private wakeAt(monotonicMs: number): void {
    this.cancelWake();
    if (this.isClosed) return;
    const { platform } = this.world;
    const delayMs = Math.max(0, Math.ceil(monotonicMs - platform.moment().monotonicMs));
    this.cancelWake = platform.after(delayMs, () => this.tell({ type: 'clockAdvanced' }));
  }
}
