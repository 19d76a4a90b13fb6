// The only loop of a document: feeds inputs to the replica machine one at a time, does what it asks,
// and tells the surface that something may have changed.
import type { ReplicaEffect, ReplicaInput, ReplicaState, StoreCommand } from '@causeway/core';
import { stepReplica } from '@causeway/core';
import type { UpMessage } from '@causeway/protocol';
import { readMoment } from './platform.ts';
import type { ReplicaStore } from './store.ts';
import { StoreFailure } from './store.ts';
import type { EffectCall } from './types.ts';

export type EffectHandler = (payload: unknown, call: EffectCall) => Promise<unknown>;

export interface DocumentWorld {
  readonly store: ReplicaStore;
  readonly effects: Readonly<Record<string, EffectHandler>>;
  send(message: UpMessage): void;
  dropLink(): void;
  /** After each turn of the loop; `rows`: stand-in limits may have changed. */
  changed(o: { readonly rows: boolean }): void;
}

const touchesRows: ReadonlySet<StoreCommand['type']> = new Set(['reserve', 'release', 'commit']);

/** Owns the machine's state, its timer and its place in the store. */
export class DocumentDriver {
  readonly state: ReplicaState;
  private readonly world: DocumentWorld;
  private readonly inputs: ReplicaInput[] = [];
  private isStepping = false;
  private isClosed = false;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private storing: Promise<void> = Promise.resolve();

  constructor(state: ReplicaState, world: DocumentWorld) {
    this.state = state;
    this.world = world;
  }

  /** Takes one input; inputs that arrive while a step runs wait for it. Bugs reach the caller. */
  tell(input: ReplicaInput): void {
    this.inputs.push(input);
    if (this.isStepping) return;
    this.isStepping = true;
    try {
      for (let next = this.inputs.shift(); next; next = this.inputs.shift()) this.step(next);
    } finally {
      this.isStepping = false;
    }
    this.world.changed({ rows: false });
  }

  private step(input: ReplicaInput): void {
    let asked: readonly ReplicaEffect[] = [];
    try {
      asked = stepReplica(this.state, input, readMoment());
    } catch (error) {
      // A Bug in the application's own callback: what the machine asked before it still counts.
      asked = this.state.asked;
      this.state.asked = [];
      throw error;
    } finally {
      for (const effect of asked) this.perform(effect);
    }
  }

  /** Resolves when nothing is being written and nothing waits to be. */
  async saved(): Promise<void> {
    this.tell({ type: 'sealRequested' });
    while (this.state.store.inFlight.length > 0) await this.storing;
  }

  async close(): Promise<void> {
    await this.saved();
    this.isClosed = true;
    clearTimeout(this.timer);
    this.state.document.close();
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
    this.tell(answer);
    if (commands.some((command) => touchesRows.has(command.type))) {
      this.world.changed({ rows: true });
    }
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
    clearTimeout(this.timer);
    if (this.isClosed) return;
    const delayMs = Math.max(0, Math.ceil(monotonicMs - readMoment().monotonicMs));
    this.timer = setTimeout(() => this.tell({ type: 'clockAdvanced' }), delayMs);
  }
}
