// A policy table as data: what a person, a printer or a program can read without running anything.
// Plain values only, so that it crosses processes and becomes JSON as it is.
import type { Bound } from './operation.ts';
import type { CellKind } from './policy-table.ts';

/** Where an operation runs while the link is up. It runs in one place, so all its cells agree. */
export type WhileConnected = 'here' | 'asks the primary' | 'decided per call';

/** What stand-in limits may cost before the primary hears of it, in the unit of the cell's `of`. */
export interface Exposure {
  /** What the limit counts: each key on its own, or all operations of a device together. */
  readonly per: 'key' | 'device';
  readonly perReplica: number;
  /** Only where the number of replicas was given: replicas × perReplica. */
  readonly total?: number;
}

/** One cell. The sentences have no final stop; names in them are as the application spells them. */
export interface DescribedCell {
  readonly operation: string;
  readonly invariant: string;
  readonly kind: CellKind | 'decided per call';
  /** What the operation does while this device is cut off, as far as this cell is concerned. */
  readonly cutOff: string;
  /** Why that is right for this invariant. */
  readonly why: string;
  readonly connected: WhileConnected;
  readonly hasCompensation: boolean;
  /** Only of `limit` cells. */
  readonly exposure?: Exposure;
  /** Only of `home` cells: what holds where this device is not the key's home. */
  readonly otherwise?: DescribedCell;
}

/** One operation with a cell for every invariant, in the order of their declaration. */
export interface DescribedRow {
  readonly operation: string;
  readonly connected: WhileConnected;
  /** The invariants whose cells ask the primary; empty where it runs here. */
  readonly askedBy: readonly string[];
  readonly bound?: Bound;
  readonly whenStale?: 'void' | 'keep';
  readonly cells: readonly DescribedCell[];
}

export interface DescribedPolicy {
  readonly app: string;
  readonly version: number;
  readonly replicas?: number;
  readonly invariants: readonly string[];
  readonly rows: readonly DescribedRow[];
}
