// The relay is killed with signal 9 again and again while real clients run operations over real
// sockets. Afterwards: is everything that was acknowledged in the log, once, where it was said to be?
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Random } from '@causeway/testkit';
import { inspectLog } from './inspect-log.ts';
import { judgeRun } from './judge-run.ts';
import { OperationBook } from './operation-book.ts';
import { type RelayChild, spawnRelay } from './relay-child.ts';
import { TortureClient } from './torture-client.ts';

export interface RelayTortureOptions {
  readonly cycles: number;
  readonly seed: number;
  readonly clients?: number;
  readonly documents?: number;
  /** Documents are replaced after so many kills: each start of the relay audits its log anew. */
  readonly cyclesPerRound?: number;
  readonly pauseMs?: number;
  /** All that settling may take once the relay is left alone. */
  readonly settleMs?: number;
  readonly onCycle?: (report: RelayTortureReport) => void;
}

export interface RelayTortureReport {
  readonly cycles: number;
  /** Of them: before it listened. */
  readonly killedAtStart: number;
  readonly reloads: number;
  readonly operations: number;
  readonly committed: number;
  readonly compensated: number;
  readonly entries: number;
  readonly seconds: number;
  /** Empty: every promise was kept. */
  readonly violations: readonly string[];
}

/** Runs it all. Rejects only when a relay does not start on its data: that is a violation, too. */
export async function tortureRelay(o: RelayTortureOptions): Promise<RelayTortureReport> {
  const data = await mkdtemp(join(tmpdir(), 'causeway-torture-'));
  const run = new TortureRun(o, data);
  try {
    await run.start();
    return await run.finish();
  } finally {
    await run.close();
    await rm(data, { recursive: true, force: true });
  }
}

/** Owns the relay, its data folder and the clients. */
class TortureRun {
  private readonly o: Required<Omit<RelayTortureOptions, 'onCycle'>>;
  private readonly onCycle: (report: RelayTortureReport) => void;
  private readonly data: string;
  private readonly random: Random;
  private readonly book = new OperationBook();
  private readonly documents: string[] = [];
  private readonly violations: string[] = [];
  private readonly startedMs = performance.now();
  private clients: TortureClient[] = [];
  private relay: RelayChild | undefined;
  private port = 0;
  private cycles = 0;
  private killedAtStart = 0;
  private reloads = 0;
  private entries = 0;

  constructor(options: RelayTortureOptions, data: string) {
    const { onCycle = () => undefined, ...rest } = options;
    this.o = {
      ...{ clients: 4, documents: 2, cyclesPerRound: 20, pauseMs: 40, settleMs: 60_000 },
      ...rest,
    };
    this.onCycle = onCycle;
    this.data = data;
    this.random = new Random(this.o.seed);
  }

  async start(): Promise<void> {
    await this.startRelay();
    const url = `http://127.0.0.1:${this.port}`;
    const { book, random } = this;
    const { pauseMs } = this.o;
    this.clients = Array.from({ length: this.o.clients }, (_, index) => {
      return new TortureClient({ name: `client-${index + 1}`, url, book, random, pauseMs });
    });
    while (this.cycles < this.o.cycles && this.violations.length === 0) await this.runRound();
  }

  /** Everything is read once more at the end: later kills must not have touched earlier rounds. */
  async finish(): Promise<RelayTortureReport> {
    await this.relay?.stop('SIGTERM');
    const isBroken = this.violations.length > 0;
    for (const document of isBroken ? [] : this.documents) await this.judge(document, []);
    this.violations.push(...this.book.contradictions);
    return this.report();
  }

  async close(): Promise<void> {
    await this.relay?.stop('SIGKILL');
    for (const client of this.clients) await client.close();
  }

  private async runRound(): Promise<void> {
    const round = Math.floor(this.cycles / this.o.cyclesPerRound) + 1;
    const names = Array.from(
      { length: this.o.documents },
      (_, index) => `round-${round}/${index + 1}`,
    );
    this.documents.push(...names);
    for (const client of this.clients) {
      await client.open(names);
      client.startLoad();
    }
    const end = Math.min(this.o.cycles, this.cycles + this.o.cyclesPerRound);
    while (this.cycles < end) await this.runCycle();
    await this.settle(names);
  }

  /** Lets the relay live for a moment, kills it, and starts it again on what is left. */
  private async runCycle(): Promise<void> {
    const { random } = this;
    await sleep(random.below(random.pick([40, 400, 1_500])));
    await this.relay?.stop('SIGKILL');
    this.cycles += 1;
    if (random.below(8) === 0) await this.reloadOne();
    if (random.below(8) === 0) await this.killAtStart();
    await this.startRelay();
    this.onCycle(this.report());
  }

  private async killAtStart(): Promise<void> {
    const starting = spawnRelay({ data: this.data, port: this.port });
    await sleep(this.random.below(600));
    await starting.stop('SIGKILL');
    this.killedAtStart += 1;
  }

  private async reloadOne(): Promise<void> {
    const client = this.clients[this.random.below(this.clients.length)];
    await client?.reload();
    this.reloads += 1;
  }

  private async startRelay(): Promise<void> {
    this.relay = spawnRelay({ data: this.data, port: this.port });
    this.port = Number(new URL(await this.relay.listening).port);
  }

  /** No more load, no more kills: all clients must agree on everything within the bound. */
  private async settle(names: readonly string[]): Promise<void> {
    for (const client of this.clients) await client.stopLoad();
    const endMs = performance.now() + this.o.settleMs;
    while (this.unsettled(names) !== undefined && performance.now() < endMs) await sleep(50);
    const unsettled = this.unsettled(names);
    if (unsettled) this.violations.push(`not settled within ${this.o.settleMs} ms: ${unsettled}`);
    for (const document of names) await this.judge(document, this.clients);
    for (const client of this.clients) await client.closeDocuments();
  }

  private unsettled(names: readonly string[]): string | undefined {
    for (const client of this.clients) {
      const reason = client.unsettled();
      if (reason) return reason;
    }
    // What the primary appended last may have come to some of them only.
    for (const document of names) {
      const seen = new Set(this.clients.map((client) => client.seenOf(document)));
      if (seen.size > 1) return `of ${document} was seen ${[...seen].join(' and ')}`;
    }
    const waiting = names
      .flatMap((document) => this.book.of(document))
      .find((operation) => {
        return operation.outcome === undefined;
      });
    return waiting && `no outcome of ${JSON.stringify(waiting)}`;
  }

  private async judge(document: string, clients: readonly TortureClient[]): Promise<void> {
    const operations = this.book.of(document);
    const replicas = clients.map((client) => client.show(document));
    const { actsByKey } = this.book;
    try {
      const log = await inspectLog(this.data, document);
      if (clients.length > 0) this.entries += log.entries.length;
      this.violations.push(...judgeRun({ log, operations, replicas, actsByKey }));
    } catch (error) {
      this.violations.push(error instanceof Error ? error.message : String(error));
    }
  }

  private report(): RelayTortureReport {
    const all = [...this.book.operationsById.values()];
    return {
      cycles: this.cycles,
      killedAtStart: this.killedAtStart,
      reloads: this.reloads,
      operations: all.length,
      committed: this.book.committedCount,
      compensated: all.filter(({ outcome }) => outcome === 'compensated').length,
      entries: this.entries,
      seconds: (performance.now() - this.startedMs) / 1000,
      violations: [...this.violations],
    };
  }
}
