// A device with its tabs: real replicas, driven without network and without real time.
import type {
  AppDefinition,
  ReplicaEffect,
  ReplicaId,
  ReplicaInput,
  ReplicaState,
} from '@causeway/core';
import { openReplica, stepReplica } from '@causeway/core';
import type { Act, Random, Workload } from '@causeway/testkit';
import type { SmallLog } from './small-log.ts';
import { documentId, drawAuthor, drawOperationId, must, sha256 } from './small-log.ts';
import { SmallStore } from './small-store.ts';

/** What the devices of one history share. */
export interface SmallWorldParts {
  readonly workload: Workload;
  readonly random: Random;
  readonly log: SmallLog;
  readonly clock: { nowMs: number };
}

export class SmallDevice {
  readonly tabs: SmallTab[] = [];
  isCut = false;
  private readonly parts: SmallWorldParts;
  private readonly replica: ReplicaId;
  private readonly store = new SmallStore();
  private toldOrder = 0;

  constructor(parts: SmallWorldParts) {
    this.parts = parts;
    this.replica = drawAuthor(parts.random).replica;
    this.openTab();
  }

  openTab(): void {
    const author = drawAuthor(this.parts.random, this.replica);
    const tab = new SmallTab(this.parts, this.store, author);
    this.tabs.push(tab);
    if (!this.isCut) tab.connect();
  }

  /** The page is gone, whatever it was doing; another one opens on what the device kept. */
  reload(): void {
    this.closeTab(this.parts.random.pick(this.tabs));
    this.openTab();
  }

  closeTab(tab: SmallTab): void {
    this.tabs.splice(this.tabs.indexOf(tab), 1);
    tab.close();
  }

  cut(): void {
    this.isCut = true;
    for (const tab of this.tabs) tab.cut();
  }

  heal(): void {
    this.isCut = false;
    for (const tab of this.tabs) tab.connect();
  }

  /** Tells tabs of what their siblings saved. */
  gossip(): void {
    const fresh = this.store.queue.filter(({ order }) => order > this.toldOrder);
    this.toldOrder = fresh.at(-1)?.order ?? this.toldOrder;
    for (const tab of this.tabs) {
      const foreign = fresh.filter(({ change }) => change.author.writer !== tab.writer);
      if (foreign.length > 0) {
        tab.tell({
          type: 'siblingsSaved',
          changes: foreign,
          intents: [],
          rights: [],
          alive: new Set(),
        });
      }
    }
  }
}

export class SmallTab {
  readonly state: ReplicaState;
  private readonly parts: SmallWorldParts;
  private readonly store: SmallStore;
  private isLinked = false;
  private pulled = 0;
  private wakeAtMs = Number.POSITIVE_INFINITY;
  private readonly inputs: ReplicaInput[] = [];
  private isTelling = false;

  constructor(parts: SmallWorldParts, store: SmallStore, author: ReplicaState['author']) {
    this.parts = parts;
    this.store = store;
    const app: AppDefinition = parts.workload.app.definition;
    const document = app.document.open({ clientId: author.clientId });
    const user = { id: 'anonymous', roles: [] };
    const rest = {
      id: documentId,
      document,
      author,
      user,
      hash: sha256,
      strength: 'memory',
    } as const;
    this.state = openReplica({ app, ...rest }, store.load(), this.moment());
    document.onEdit((update, touched) => this.tell({ type: 'editCaptured', update, touched }));
    this.tell({ type: 'clockAdvanced' });
  }

  get writer() {
    return this.state.author.writer;
  }

  act(act: Act): void {
    if (act.type === 'edit') return act.edit(this.state.document.facet);
    const id = drawOperationId(this.parts.random);
    if (act.type === 'key') {
      const { what, key, share } = act;
      const bound = { withinMs: 5_000, onTimeout: 'delay' } as const;
      const asked = what === 'reserve' ? { what, key, share } : { what, key };
      return this.tell({ type: 'primaryAsked', id, asked, bound });
    }
    if (act.type === 'saga') {
      return this.tell({ type: 'sagaRequested', id, name: act.name, args: act.args });
    }
    if (act.type === 'abort-saga') {
      const open = [...this.state.fold.sagas.open];
      const saga = open[act.which % Math.max(1, open.length)];
      if (saga) this.tell({ type: 'sagaAborted', id, saga });
      return;
    }
    const { name, args, how = {} } = act;
    const { isRegretted, ...limits } = how;
    this.tell({ type: 'runRequested', id, name, args, ...limits });
    if (isRegretted) this.tell({ type: 'cancelRequested', operation: id });
  }

  connect(): void {
    if (this.isLinked) return;
    this.isLinked = true;
    this.tell({ type: 'linkOpened', hasPrimary: true, changeBytesMax: 900_000 });
    this.tell({ type: 'modeEventHappened', event: 'echoed' });
  }

  cut(): void {
    this.isLinked = false;
    this.tell({ type: 'linkClosed' });
    this.tell({ type: 'modeEventHappened', event: 'went-offline' });
  }

  close(): void {
    this.isLinked = false;
    this.state.document.close();
  }

  /** Takes the next entries of the log, if the line is up. True when there were some. */
  pull(count: number): boolean {
    const { entries, prefixes } = this.parts.log;
    const batch = entries.slice(this.pulled, this.pulled + count);
    if (!this.isLinked || batch.length === 0) return false;
    const items = batch.map((entry) => ({ type: 'change', ...entry }) as const);
    const from = this.pulled + 1;
    this.pulled += batch.length;
    const prefixHash = must(prefixes[this.pulled]);
    this.tell({ type: 'entriesReceived', from, items, prefixHash });
    return true;
  }

  passTime(): void {
    if (this.isLinked) this.tell({ type: 'modeEventHappened', event: 'echoed' });
    if (this.wakeAtMs > this.parts.clock.nowMs) return;
    this.wakeAtMs = Number.POSITIVE_INFINITY;
    this.tell({ type: 'clockAdvanced' });
  }

  /** One input after the other: what a step asks for is answered after it. */
  tell(input: ReplicaInput): void {
    this.inputs.push(input);
    if (this.isTelling) return;
    this.isTelling = true;
    for (let next = this.inputs.shift(); next; next = this.inputs.shift()) {
      for (const effect of stepReplica(this.state, next, this.moment())) this.perform(effect);
    }
    this.isTelling = false;
  }

  private perform(effect: ReplicaEffect): void {
    switch (effect.type) {
      case 'store': {
        const results = this.store.commit(effect.commands);
        this.inputs.push({ type: 'stored', ticket: effect.ticket, results });
        return;
      }
      case 'subscribe':
        this.pulled = effect.known?.position ?? 0;
        this.inputs.push({
          ...{ type: 'subscribed', head: this.parts.log.head },
          ...{ relation: 'resumed', vector: [] },
        });
        return;
      case 'push':
        return this.push(effect);
      case 'performEffect': {
        const { operation, index } = effect.effect;
        this.inputs.push({ type: 'effectAnswered', operation, index, result: 'done' });
        return;
      }
      case 'wakeAt':
        this.wakeAtMs = effect.monotonicMs;
        return;
      case 'raiseBug':
        throw effect.bug;
      case 'dropLink':
        throw new Error(`the replica drops its link: ${effect.why}`);
    }
  }

  private push(effect: Extract<ReplicaEffect, { type: 'push' }>): void {
    const code = this.isLinked ? this.parts.log.append(effect) : undefined;
    if (code === undefined) return;
    const { writer } = effect.author;
    this.inputs.push({ type: 'pushRefused', writer, seq: effect.firstSeq, code, expected: 0 });
  }

  private moment() {
    const { clock, random } = this.parts;
    return { monotonicMs: clock.nowMs, wallMs: 1e12 + clock.nowMs, random: random.next() };
  }
}
