// One relay with a log on disk, devices on lines of their own, and the book of what they were told:
// at the end the log, the money and all devices must agree with every receipt.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  type Client,
  connect,
  createMemoryDatabase,
  memoryStore,
  type Receipt,
} from '@causeway/client';
import type { LinkBounds } from '@causeway/core';
import { app } from '@causeway/demo/bank';
import { inspectLog } from '../../../scripts/torture/inspect-log.ts';
import { judgeRun } from '../../../scripts/torture/judge-run.ts';
import { OperationBook } from '../../../scripts/torture/operation-book.ts';
import {
  type BankHandle,
  showReplica,
  unsettledReason,
} from '../../../scripts/torture/show-replica.ts';

export const document = 'branch-7';
/** The application's module, for a relay in this process. */
export const bank = new URL('../../../apps/demo/src/bank.ts', import.meta.url).href;

export interface Device {
  readonly name: string;
  readonly client: Client<typeof app>;
  readonly handle: BankHandle;
  /** With which code each of its sockets was closed, in order. */
  readonly closeCodes: readonly number[];
  readonly deposit: (account: string, cents: number) => Receipt;
  readonly withdraw: (account: string, cents: number) => Receipt;
}

/** Short, so that a test shows in a second what else takes ten. */
export const quick = {
  fixedMs: 250,
  idleProbeMs: 400,
  connectMs: 800,
  ceilingMs: 1_000,
  retryFloorMs: 50,
  retryCeilingMs: 300,
  refusedMs: 100,
} satisfies Partial<LinkBounds>;
/** For devices on a good line: a busy machine must not look like a bad one. */
export const patient = { ...quick, fixedMs: 4_000 } satisfies Partial<LinkBounds>;
/** Within which a silent line is a partition: a probe is due, and two bounds pass without an echo. */
export const noticedWithinMs = quick.idleProbeMs + 2 * quick.fixedMs;

/** Owns the data folder, the devices and the book. The relay is the test's. */
export class FaultWorld {
  readonly book = new OperationBook();
  readonly devices: Device[] = [];
  private folder = '';
  private readonly isOwnFolder: boolean;

  /** `folder`: one that is there, and stays; else a new one. */
  constructor(folder?: string) {
    this.folder = folder ?? '';
    this.isOwnFolder = folder === undefined;
  }

  get data(): string {
    return join(this.folder, 'log');
  }

  async open(): Promise<void> {
    if (this.isOwnFolder) this.folder = await mkdtemp(join(tmpdir(), 'causeway-faults-'));
  }

  async close(): Promise<void> {
    for (const { client } of this.devices) await client.close();
    if (this.isOwnFolder) await rm(this.folder, { recursive: true, force: true });
  }

  async device(name: string, url: string, bounds: Partial<LinkBounds>): Promise<Device> {
    const { book } = this;
    const closeCodes: number[] = [];
    const client = connect({
      app,
      url,
      bounds,
      WebSocket: recordingSocket(closeCodes),
      store: memoryStore(createMemoryDatabase()),
      effects: { dispense: async (_, { key }) => book.noteAct(key) },
    });
    const handle = await client.open(document);
    const run = (operation: 'deposit' | 'withdraw') => (account: string, cents: number) => {
      const receipt = handle.run(operation, { account, cents });
      book.follow(receipt, { client: name, document, name: operation, account, cents });
      return receipt;
    };
    const runs = { deposit: run('deposit'), withdraw: run('withdraw') };
    const device = { name, client, handle, closeCodes, ...runs };
    this.devices.push(device);
    return device;
  }

  /** Why the world has not settled; undefined once everybody is connected and every answer is in. */
  unsettled(): string | undefined {
    for (const { name, handle } of this.devices) {
      const reason = unsettledReason(name, handle);
      if (reason !== undefined) return reason;
    }
    const waiting = this.book.of(document).find(({ outcome }) => outcome === undefined);
    return waiting && `no outcome of ${JSON.stringify(waiting)}`;
  }

  /** What was acknowledged so far and is not in the log: empty at any moment. */
  async unfounded(): Promise<readonly string[]> {
    const acknowledged = this.book.of(document).filter(({ committed }) => committed !== undefined);
    const { epoch, entries } = await inspectLog(this.data, document);
    const places = new Set(
      entries.map(({ operation, position }) => `${operation?.id} ${epoch}.${position}`),
    );
    return acknowledged
      .map(({ id, committed }) => `${id} ${committed}`)
      .filter((place) => !places.has(place));
  }

  /** Everything that contradicts a receipt: empty when nothing was lost, doubled or made up. */
  async judge(): Promise<readonly string[]> {
    const log = await inspectLog(this.data, document);
    const operations = this.book.of(document);
    const replicas = this.devices.map(({ name, handle }) => showReplica(name, handle));
    const { actsByKey, contradictions } = this.book;
    return [...contradictions, ...judgeRun({ log, operations, replicas, actsByKey })];
  }
}

export async function connected({ handle }: Device): Promise<void> {
  await handle.status.waitFor(({ mode, synced }) => mode === 'connected' && synced);
}

/** The platform's WebSocket, which also writes down how it was closed. */
function recordingSocket(codes: number[]): typeof WebSocket {
  return class extends WebSocket {
    constructor(url: string | URL) {
      super(url);
      this.addEventListener('close', ({ code }) => codes.push(code));
    }
  };
}
