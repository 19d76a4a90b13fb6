// Stand-in limits as the disk keeps them: within their maximum over all tabs of a device, and given
// back by confirmation only (G9).
import type { Change, LimitRow, StoreCommand } from '@causeway/core';
import type { SimulatedDevice } from '../world/device.ts';
import type { Watcher } from '../world/world.ts';
import type { Evidence } from './evidence.ts';

export class LimitWatch implements Watcher {
  private readonly rowsByDevice = new Map<SimulatedDevice, readonly LimitRow[]>();
  /** What was used of its key just after an operation reserved its part. */
  private readonly usedAtReserve = new Map<string, number>();
  private readonly o: Evidence;

  constructor(o: Evidence) {
    this.o = o;
  }

  onDiskCommit(
    device: SimulatedDevice,
    commands: readonly StoreCommand[],
    rows: readonly LimitRow[],
  ): void {
    const before = this.rowsByDevice.get(device) ?? [];
    this.rowsByDevice.set(device, rows);
    this.checkGivenBack(device, before, rows);
    let during = before;
    for (const command of commands) {
      if (command.type === 'reserve') during = this.reserve(during, command.rows, rows);
      if (command.type === 'release') {
        during = during.filter(({ operation }) => operation !== command.operation);
      }
      if (command.type === 'commit') {
        const settled = new Set(command.settled);
        during = during.filter(({ operation }) => !settled.has(operation));
      }
      if (command.type === 'enqueue') this.checkMaximum(device, command.change);
    }
  }

  /** The disk went back in time: compare with what it holds now. */
  onDiskRewound(device: SimulatedDevice): void {
    const tables = device.disk.database.documents;
    for (const [id, { rows }] of tables) {
      if (id === this.o.world.document) this.rowsByDevice.set(device, [...rows.values()]);
    }
    if (tables.size === 0) this.rowsByDevice.delete(device);
  }

  private checkGivenBack(
    device: SimulatedDevice,
    before: readonly LimitRow[],
    now: readonly LimitRow[],
  ): void {
    const kept = new Set(now.map(({ operation }) => operation));
    for (const { operation, state } of before) {
      if (kept.has(operation) || state === 'reserved') continue;
      const position = this.o.truth.positionByOperation.get(operation);
      if (position !== undefined && position <= this.o.truth.auditedTo) continue;
      if (this.o.truth.executed.has(operation)) continue;
      this.o.findings.report(
        'G9',
        `${device.name}: ${operation} was given back, not yet confirmed`,
      );
    }
  }

  /** What counts after one reservation of a transaction; unchanged where it was refused. */
  private reserve(
    during: readonly LimitRow[],
    reserved: readonly LimitRow[],
    after: readonly LimitRow[],
  ): readonly LimitRow[] {
    const isKept = after.some((row) => row.operation === reserved[0]?.operation);
    if (!isKept) return during;
    const operations = new Set(reserved.map(({ operation }) => operation));
    const rows = [...during.filter(({ operation }) => !operations.has(operation)), ...reserved];
    for (const { invariant, key, operation } of reserved) {
      const same = rows.filter((row) => row.invariant === invariant && row.key === key);
      const used = same.reduce((sum, row) => sum + row.amount, 0);
      this.usedAtReserve.set(`${operation} ${invariant}`, used);
    }
    return rows;
  }

  private checkMaximum(device: SimulatedDevice, { header }: Change): void {
    const { kind, operation } = header;
    if (kind !== 'operation' || operation?.decision.cell !== 'limit') return;
    const { mode, invariant } = operation.decision;
    if (mode === 'connected') return;
    const max = this.maximumOf(operation.name, invariant);
    const used = this.usedAtReserve.get(`${operation.id} ${invariant}`);
    if (max === undefined) return;
    if (used !== undefined && used <= max) return;
    this.o.findings.report(
      'G9',
      `${device.name}: ${operation.id} used ${used} of ${max} while cut off`,
    );
  }

  private maximumOf(operation: string, invariant: string): number | undefined {
    const row = this.o.world.app.definition.policy[operation];
    if (!row) return undefined;
    const cells = row as { readonly [name: string]: unknown };
    const cell = cells['row'] ?? cells[invariant] ?? cells['*'];
    const hasMax = typeof cell === 'object' && cell !== null && 'max' in cell;
    return hasMax ? Number(cell.max) : undefined;
  }
}
