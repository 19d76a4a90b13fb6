// What waits is kept, handed over once, after recovery and in time (G19, G23), and what was shown as
// refused before anybody else could decide never happens (G22).
import type {
  Change,
  IntentStage,
  LogEntry,
  ObservedStep,
  OperationId,
  ReplicaInput,
  ReplicaState,
  StoreCommand,
  StoredIntent,
} from '@causeway/core';
import { decodeHeader } from '@causeway/core';
import type { SimulatedDevice } from '../world/device.ts';
import type { SimulatedHost } from '../world/simulated-host.ts';
import type { Watcher } from '../world/world.ts';
import type { Evidence } from './evidence.ts';

type RunRequest = Extract<ReplicaInput, { type: 'runRequested' }>;

/** To regret is urgent: what is to be cancelled must not be run first. */
const regret = 'causeway.cancel';

/** Inputs in which an intent may be handed over at once. */
const asks: ReadonlySet<string> = new Set(['runRequested', 'sagaRequested', 'sagaAborted']);

export class IntentWatch implements Watcher {
  /** Waits on this device's disk. */
  private readonly kept = new Map<OperationId, SimulatedDevice>();
  /** The change that each was handed over as. */
  private readonly handedOver = new Map<OperationId, string>();
  /** Refused on a device, by it alone: where. */
  private readonly refusedBy = new Map<OperationId, string>();
  /** Kept in a profile that was copied or went back: its twin may decide otherwise. */
  private readonly excused = new Set<OperationId>();
  /** How far each was, by replica. */
  private readonly stages = new WeakMap<ReplicaState, ReadonlyMap<OperationId, IntentStage>>();
  /** By the wall clock of its device: as the person said it. */
  private readonly expiresWallMs = new Map<OperationId, number>();
  private readonly o: Evidence;

  constructor(o: Evidence) {
    this.o = o;
  }

  onDiskCommit(device: SimulatedDevice, commands: readonly StoreCommand[]): void {
    for (const command of commands) {
      if (command.type === 'save-intent') this.kept.set(command.intent.operation, device);
      if (command.type === 'drop-intent') this.noteDropped(device, command.operation);
      if (command.type === 'enqueue') this.noteEnqueued(device, command.change);
    }
  }

  /** What the disk no longer holds is excused, and so is what its twin may hold as well. */
  onDiskRewound(device: SimulatedDevice): void {
    const onDisk = new Set<OperationId>();
    for (const { intents } of device.disk.database.documents.values()) {
      for (const operation of intents.keys()) onDisk.add(operation);
    }
    for (const operation of onDisk) this.excused.add(operation);
    for (const [operation, owner] of this.kept) {
      if (owner !== device) continue;
      this.excused.add(operation);
      if (!onDisk.has(operation)) this.kept.delete(operation);
    }
  }

  onStep(process: SimulatedHost, { machine, input, state }: ObservedStep): void {
    if (machine !== 'replica') return;
    const replica = state as ReplicaState;
    if (input.type === 'runRequested') this.noteExpiry(process, input as RunRequest);
    this.checkHandOver(process, replica, asks.has(input.type));
    for (const [operation, { type }] of replica.receipts) {
      if (type !== 'refused' || this.refusedBy.has(operation)) continue;
      if (this.o.truth.refused.has(operation)) continue; // The log says so.
      this.refusedBy.set(operation, process.name);
      this.checkNeverHappens(operation, this.o.truth.happenedAt.get(operation));
    }
  }

  onCommitted(entries: readonly LogEntry[]): void {
    for (const { position, sealed } of entries) {
      const header = decodeHeader(sealed.header);
      const hasHappened = header?.kind === 'operation' || header?.kind === 'result';
      if (hasHappened && header.operation) this.checkNeverHappens(header.operation.id, position);
    }
  }

  /** What was shown as waiting was handed over or dropped by now, and not forgotten. */
  finish(): void {
    for (const [operation, { name }] of this.kept) {
      if (this.o.truth.positionByOperation.has(operation)) continue;
      this.o.findings.report('G19', `${operation} waited on ${name}, and is nowhere any more`);
    }
  }

  private noteExpiry({ wallMs }: SimulatedHost, { id, expiresInMs }: RunRequest): void {
    if (expiresInMs !== undefined) this.expiresWallMs.set(id, wallMs + expiresInMs);
  }

  private noteDropped(device: SimulatedDevice, operation: OperationId): void {
    for (const { intents } of device.disk.database.documents.values()) {
      if (intents.get(operation)?.state !== 'dropped') continue; // Another tab was faster.
      this.kept.delete(operation);
      this.refusedBy.set(operation, device.name);
    }
  }

  private noteEnqueued(device: SimulatedDevice, { author, seq, header }: Change): void {
    const { kind, operation } = header;
    if (!operation) return;
    this.kept.delete(operation.id);
    if (kind !== 'intent' || this.excused.has(operation.id)) return;
    const change = `${author.writer}:${seq}`;
    const before = this.handedOver.get(operation.id) ?? change;
    this.handedOver.set(operation.id, change);
    if (before === change) return;
    const what = `${operation.name} ${operation.id} is handed over on ${device.name} as ${change}`;
    this.o.findings.report('G19', `${what}, and was as ${before}`);
  }

  /** Whatever begins to be handed over in this step: recovery is done, and it has not expired. */
  private checkHandOver(process: SimulatedHost, replica: ReplicaState, isAsked: boolean): void {
    if (replica.intents.size === 0) return;
    const before = this.stages.get(replica);
    const stages = new Map<OperationId, IntentStage>();
    for (const [operation, { intent, stage }] of replica.intents) {
      stages.set(operation, stage);
      const was = before?.get(operation);
      const isOwn = intent.writer === replica.author.writer;
      const isBegun = stage === 'submitting' || (isOwn && isAsked && was === undefined);
      const isWaiting = stage === 'saving' || stage === 'waiting';
      if (was === stage || !isBegun || isWaiting || intent.name === regret) continue;
      this.checkBegun(process, replica, intent);
    }
    this.stages.set(replica, stages);
  }

  private checkBegun(process: SimulatedHost, { mode }: ReplicaState, intent: StoredIntent): void {
    const what = `${process.name} hands over ${intent.name} ${intent.operation}`;
    if (mode !== 'connected') this.o.findings.report('G23', `${what} while ${mode}`);
    const lateMs = process.wallMs - (this.expiresWallMs.get(intent.operation) ?? process.wallMs);
    if (lateMs > 0) this.o.findings.report('G22', `${what}, ${lateMs} ms after it had expired`);
  }

  private checkNeverHappens(operation: OperationId, position: number | undefined): void {
    const where = this.refusedBy.get(operation);
    if (position === undefined || where === undefined || this.excused.has(operation)) return;
    this.o.findings.report('G22', `${operation}, refused on ${where}, happened at ${position}`);
  }
}
