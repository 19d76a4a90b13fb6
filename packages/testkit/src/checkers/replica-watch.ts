// Watches every replica at every step: what it shows must be what the disk and the log really hold
// (G1, G5, G6, G7, G11, G12, G14).
import {
  isSameBytes,
  type ObservedStep,
  type OperationId,
  type ReceiptState,
  type ReplicaState,
  statusOf,
} from '@causeway/core';
import type { SimulatedDevice, Tab } from '../world/device.ts';
import type { SimulatedHost } from '../world/simulated-host.ts';
import type { Watcher, World } from '../world/world.ts';
import type { Evidence } from './evidence.ts';

const rungs: readonly ReceiptState['type'][] = ['deciding', 'saved', 'cancelling', 'committed'];
const inFlightMax = 1_024;
const waitingMax = 10_000;

interface Seen {
  readonly device: SimulatedDevice;
  readonly rungs: Map<OperationId, ReceiptState['type']>;
  queue: ReadonlySet<string>;
  position: number;
}

/** Inputs after which receipts may have moved; others cannot have touched them. */
const movesReceipts: ReadonlySet<string> = new Set([
  'runRequested',
  'stored',
  'entriesReceived',
  'siblingsSaved',
  'pushRefused',
]);

export class ReplicaWatch implements Watcher {
  /** Changes that some replica showed as saved, by `writer:seq`, with the device that has them. */
  readonly saved = new Map<string, SimulatedDevice>();
  private readonly seen = new Map<object, Seen>();
  private readonly o: Evidence;

  constructor(o: Evidence) {
    this.o = o;
  }

  onStep(process: SimulatedHost, { machine, input, state }: ObservedStep): void {
    if (machine !== 'replica') return;
    const replica = state as ReplicaState;
    const seen = this.seenOf(process, replica);
    if (!seen) return;
    if (movesReceipts.has(input.type)) this.checkReceipts(process, replica, seen);
    this.checkQueue(process, replica, seen);
    this.checkHead(process, replica, seen);
    this.checkStatus(process, replica);
  }

  /** The disk went back in time: what it no longer holds, and nobody else does, is excused. */
  onDiskRewound(device: SimulatedDevice): void {
    const kept = new Set(queueKeys(device, this.o.world.document));
    for (const [change, owner] of this.saved) {
      if (owner === device && !kept.has(change)) this.saved.delete(change);
    }
  }

  /** Every change that was shown as saved is in the log by now. */
  finish(): void {
    for (const [change, device] of this.saved) {
      if (this.o.truth.positionByChange.has(change)) continue;
      this.o.findings.report('G1', `${change} was saved on ${device.name} and never committed`);
    }
  }

  private seenOf(process: SimulatedHost, replica: ReplicaState): Seen | undefined {
    const known = this.seen.get(replica);
    if (known) return known;
    const device = deviceOf(this.o.world, process);
    if (!device) return undefined;
    const fresh: Seen = { device, rungs: new Map(), queue: new Set(), position: 0 };
    this.seen.set(replica, fresh);
    return fresh;
  }

  private checkReceipts(process: SimulatedHost, replica: ReplicaState, seen: Seen): void {
    for (const [id, { type }] of replica.receipts) {
      const before = seen.rungs.get(id);
      if (before === type) continue;
      seen.rungs.set(id, type);
      if (before !== undefined && rank(type) < rank(before)) {
        this.o.findings.report('G6', `${process.name}: ${id} went from ${before} to ${type}`);
      }
      if (before !== undefined && rank(before) === rungs.length) {
        this.o.findings.report('G6', `${process.name}: ${id} was ${before} and became ${type}`);
      }
      if (type === 'committed') this.checkCommitted(process, replica, id);
    }
  }

  private checkCommitted(process: SimulatedHost, replica: ReplicaState, id: OperationId): void {
    const shown = replica.committedAt.get(id);
    const real = this.o.truth.positionByOperation.get(id);
    if (real !== undefined && shown === `${replica.head?.epoch ?? 1}.${real}`) return;
    const what = `${process.name} shows ${id} at ${shown}, the log has it at ${real}`;
    this.o.findings.report('G1', what);
  }

  private checkQueue(process: SimulatedHost, replica: ReplicaState, seen: Seen): void {
    for (const key of seen.queue) {
      if (replica.queue.has(key) || this.o.truth.positionByChange.has(key)) continue;
      this.o.findings.report('G7', `${process.name}: ${key} left the queue, not committed`);
    }
    let onDisk: ReadonlySet<string> | undefined;
    for (const [key, pending] of replica.queue) {
      if (!pending.isSaved || this.saved.has(key)) continue;
      this.saved.set(key, seen.device);
      onDisk ??= new Set(queueKeys(seen.device, this.o.world.document));
      if (onDisk.has(key) || this.o.truth.positionByChange.has(key)) continue;
      this.o.findings.report('G11', `${process.name} shows ${key} as saved, its disk has it not`);
    }
    seen.queue = new Set(replica.queue.keys());
    const { link, store } = replica;
    if (link.inFlight > inFlightMax || link.outbox.length > replica.queue.size + inFlightMax) {
      this.o.findings.report('G12', `${process.name}: ${link.inFlight} changes in flight`);
    }
    if (store.waiting.length > waitingMax) {
      this.o.findings.report(
        'G12',
        `${process.name}: ${store.waiting.length} commands wait to be stored`,
      );
    }
  }

  private checkHead(process: SimulatedHost, { head }: ReplicaState, seen: Seen): void {
    if (!head || head.position === seen.position) return;
    if (head.position < seen.position) {
      this.o.findings.report('G5', `${process.name} went back to ${head.position}`);
    }
    seen.position = head.position;
    const real = this.o.truth.prefixAt(head.position);
    if (real && isSameBytes(real, head.prefixHash)) return;
    this.o.findings.report('G5', `${process.name} follows something that is not the log's prefix`);
  }

  /** "Synced" is a promise: everything that this tab made is in the log. */
  private checkStatus(process: SimulatedHost, replica: ReplicaState): void {
    const status = statusOf(replica);
    const { author, chain } = replica;
    if (status.synced && chain.seq > 0) {
      if (this.o.truth.positionByChange.has(`${author.writer}:${chain.seq}`)) return;
      this.o.findings.report('G14', `${process.name} says synced, and change ${chain.seq} is not`);
    }
  }
}

function rank(type: ReceiptState['type']): number {
  const at = rungs.indexOf(type);
  return at < 0 ? rungs.length : at;
}

export function deviceOf(world: World, process: SimulatedHost): SimulatedDevice | undefined {
  for (const device of world.devices.values()) {
    if (device.tabs.some((tab: Tab) => tab.process === process)) return device;
  }
  return undefined;
}

/** The changes that a device's disk holds and that are not committed as far as it knows. */
function queueKeys(device: SimulatedDevice, document: string): readonly string[] {
  for (const [id, { queue, tail }] of device.disk.database.documents) {
    if (id !== document) continue;
    return [
      ...queue.map(({ change }) => `${change.author.writer}:${change.seq}`),
      ...tail.map(({ author, seq }) => `${author.writer}:${seq}`),
    ];
  }
  return [];
}
