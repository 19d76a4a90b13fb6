// The log's own thread. While a transaction waits for the disk, calls pile up: they are the next
// group. After each group one read is served, so that neither can starve the other.
import type { MessagePort } from 'node:worker_threads';
import { parentPort, receiveMessageOnPort, workerData } from 'node:worker_threads';
import { assert } from '@causeway/core';
import { LogFailure } from './log-store.ts';
import { failureToNotice, toLogFailure } from './sqlite-failure.ts';
import type { GroupWrite } from './sqlite-log.ts';
import { SqliteLog } from './sqlite-log.ts';
import type { StoreAnswer, StoreCall, StoreReply, WorkerSetup } from './sqlite-messages.ts';
import { openingId, packEntries, unpackRequests } from './sqlite-messages.ts';
import { openLogDatabase } from './sqlite-schema.ts';

/** A group ends at either, so that one commit's wait stays bounded. */
const groupChangesMax = 4_096;
const groupBytesMax = 8 * 1_024 * 1_024;

type WriteCall = Extract<StoreCall, { name: 'append' | 'save-checkpoint' }>;
type ReadCall = Exclude<StoreCall, WriteCall>;

/** Owns the worker's queue of calls. */
class CallQueue {
  private readonly port: MessagePort;
  private readonly log: SqliteLog;
  private writes: WriteCall[] = [];
  private reads: ReadCall[] = [];

  constructor(port: MessagePort, log: SqliteLog) {
    this.port = port;
    this.log = log;
    port.on('message', (calls: readonly StoreCall[]) => {
      this.enqueue(calls);
      this.serve();
    });
  }

  private enqueue(calls: readonly StoreCall[]): void {
    for (const call of calls) {
      if (call.name === 'append' || call.name === 'save-checkpoint') this.writes.push(call);
      else this.reads.push(call);
    }
  }

  private serve(): void {
    while (this.writes.length > 0 || this.reads.length > 0) {
      // Posted only now, after COMMIT: an acknowledgement that is sent is on the disk.
      const replies = this.commitGroup();
      if (replies.length > 0) this.port.postMessage(replies);
      // Nothing comes after `close`, so the writes before it are done when it is the only call.
      const isClosing = this.reads[0]?.name === 'close';
      const call = isClosing && this.writes.length > 0 ? undefined : this.reads.shift();
      if (call) this.port.postMessage([this.serveRead(call)]);
      this.receiveWaiting();
    }
  }

  private receiveWaiting(): void {
    for (;;) {
      const waiting = receiveMessageOnPort(this.port);
      if (!waiting) return;
      this.enqueue(waiting.message);
    }
  }

  private commitGroup(): readonly StoreReply[] {
    const group = this.writes.splice(0, groupLength(this.writes));
    if (group.length === 0) return [];
    const outcomes = this.log.commit(group.map(callToWrite));
    return group.map(({ id }, index) => {
      const outcome = outcomes[index] ?? [];
      return outcome instanceof LogFailure ? failed(id, outcome) : answered(id, outcome);
    });
  }

  private serveRead(call: ReadCall): StoreReply {
    try {
      return answered(call.id, this.answerRead(call));
    } catch (cause) {
      return failed(call.id, toLogFailure(cause, `the log cannot be read (${call.name})`));
    }
  }

  private answerRead({ name, ask }: ReadCall): StoreAnswer {
    switch (name) {
      case 'head':
        return this.log.head(ask.document);
      case 'read': {
        const { entries, prefixHash } = this.log.read(ask.document, ask);
        return { ...packEntries(entries), prefixHash };
      }
      case 'prefix-hash':
        return this.log.prefixHash(ask.document, ask.position);
      case 'writers':
        return this.log.writers(ask.document, ask.ids);
      case 'documents':
        return this.log.documents();
      case 'checkpoint':
        return this.log.checkpoint(ask.document);
      case 'close':
        this.log.close();
        return undefined;
    }
  }
}

/** How many of the waiting calls make the next group: one at least. */
function groupLength(writes: readonly WriteCall[]): number {
  let [changes, bytes] = [0, 0];
  const end = writes.findIndex(({ name, ask }) => {
    changes += name === 'append' ? ask.lengths.length / 3 : 1;
    bytes += ask.bytes.length;
    return changes > groupChangesMax || bytes > groupBytesMax;
  });
  return end === -1 ? writes.length : Math.max(end, 1);
}

function callToWrite({ name, ask }: WriteCall): GroupWrite {
  if (name === 'append') return { type: 'append', requests: unpackRequests(ask) };
  return { type: 'save-checkpoint', ...ask };
}

const answered = (id: number, answer: StoreAnswer): StoreReply => ({
  id,
  type: 'answered',
  answer,
});

const failed = (id: number, failure: LogFailure): StoreReply => {
  return { id, type: 'failed', failure: failureToNotice(failure) };
};

function start(port: MessagePort, setup: WorkerSetup): void {
  try {
    const log = new SqliteLog(openLogDatabase(setup.folder, setup));
    new CallQueue(port, log);
    port.postMessage([answered(openingId, undefined)]);
  } catch (cause) {
    port.postMessage([failed(openingId, toLogFailure(cause, 'the log cannot be opened'))]);
  }
}

assert(parentPort !== null, 'not-a-worker', 'this module is started by sqlite-store.ts');
start(parentPort, workerData as WorkerSetup);
