// The answers people get: a rung of the acknowledgement ladder, or a refusal with its evidence.
import type { CaseState } from './app/case-state.ts';
import type { CaseId, Id, OperationId, ReplicaId } from './identity.ts';

/** Order is the wire code: append only. */
export const modes = ['connected', 'suspect', 'partitioned', 'recovering'] as const;
/** What one may do now (the link's state says what the socket does). */
export type Mode = (typeof modes)[number];

/** A place in a log, opaque to applications: compare for equality only. */
export type Position = Id<'position'>;

/** How well a change is kept on this device. */
export type Strength = 'journalled' | 'strict' | 'relaxed' | 'memory';

/** On this device, with a strength: survives a reload. */
export interface Saved {
  readonly type: 'saved';
  readonly strength: Strength;
  readonly as: 'applied' | 'intent';
}
/** Durable in the relay's log. */
export interface Committed {
  readonly type: 'committed';
  readonly position: Position;
}
/** What the audit found; the last rung. */
export type Outcome =
  | { readonly type: 'confirmed' }
  | { readonly type: 'compensated'; readonly case: CaseId }
  | Refused;

/** One problem of the arguments, as Standard Schema reports it. */
export interface ArgumentIssue {
  readonly message: string;
  readonly path?: readonly (PropertyKey | { readonly key: PropertyKey })[] | undefined;
}

/** A refusal: an ordinary answer, with the evidence that the UI shows. docs/ERRORS.md: remedies. */
export type Refused = { readonly type: 'refused' } & RefusalReason;
export type RefusalReason =
  | { readonly code: 'invalid-args'; readonly issues: readonly ArgumentIssue[] }
  | { readonly code: 'unknown-operation'; readonly name: string; readonly known: readonly string[] }
  | { readonly code: 'requires'; readonly reason: string }
  | { readonly code: 'prohibited'; readonly invariant: string; readonly mode: Mode }
  | {
      readonly code: 'stand-in-limit' | 'no-rights';
      readonly invariant: string;
      readonly key: string;
      readonly remaining: number;
    }
  | { readonly code: 'not-home'; readonly key: string; readonly home: ReplicaId | undefined }
  /** The primary would have had to break this rule. */
  | { readonly code: 'would-violate'; readonly invariant: string; readonly key: string }
  /** What it builds on was refused. */
  | { readonly code: 'depends'; readonly on: OperationId }
  /** The same was asked before under another operation id, and that one stands. */
  | { readonly code: 'duplicate'; readonly of: OperationId }
  | {
      readonly code: 'failed';
      readonly message: string;
      /** The primary has not loaded this version of the application, and the newest cannot stand in. */
      readonly codeVersion?: number;
    }
  | NotAsked
  /** A saga was undone; or could not be: something of it may be left. `step`: whose fault, if one's. */
  | {
      readonly code: 'saga-undone' | 'saga-stuck';
      readonly step: number | undefined;
      readonly reason: string;
    }
  | {
      readonly code:
        | 'not-permitted'
        | 'too-large'
        | 'no-primary'
        | 'transaction-open'
        | 'timed-out'
        | 'cancelling'
        | 'cancelled'
        | 'expired';
    };

/** A case does not wait for this answer, or not any more: it was answered, closed, or asks anew. */
export interface NotAsked {
  readonly code: 'not-asked';
  readonly case: CaseId;
  /** How it stands. */
  readonly state: CaseState;
  /** Who had answered, or works on it. */
  readonly by?: string;
  /** What they had chosen. */
  readonly label?: string;
}

/** The refusals that the primary puts into the log. */
export const primaryRefusals = [
  'requires',
  'would-violate',
  'failed',
  'cancelled',
  'not-home',
  'no-rights',
  'duplicate',
  'not-permitted',
  'not-asked',
] as const;
export type PrimaryRefusal = (typeof primaryRefusals)[number];

/** Builds a refusal. */
export function refuse(reason: RefusalReason): Refused {
  return { type: 'refused', ...reason };
}

/** Asked to be cancelled after it left this device: its result or its cancellation commits, one of them. */
export interface Cancelling {
  readonly type: 'cancelling';
}

/** Where one operation stands. A ladder: it never goes back. */
export type ReceiptState = { readonly type: 'deciding' } | Saved | Cancelling | Committed | Outcome;

const rungs: readonly ReceiptState['type'][] = ['deciding', 'saved', 'cancelling', 'committed'];

/** How high a rung is; the outcomes share the highest. */
export function rungOf({ type }: ReceiptState): number {
  const at = rungs.indexOf(type);
  return at < 0 ? rungs.length : at;
}
/** True for the last rung: nothing more will be told. */
export function isOutcome(state: ReceiptState): state is Outcome {
  return rungOf(state) === rungs.length;
}

/** Names a place in a log for applications. */
export function toPosition(epoch: number, position: number): Position {
  return `${epoch}.${position}` as Position;
}

/** What an operation's own `run` and `requires` learn of the act itself. */
export interface OpContext {
  readonly id: OperationId;
  readonly user: { readonly id: string; readonly roles: readonly string[] };
  readonly replica: ReplicaId;
  readonly mode: Mode;
  /** The author's clock, Unix ms, recorded once; decides nothing. */
  readonly wallMs: number;
  /** What the person meant once: two operations of one name with one key are a suspected duplicate. */
  readonly dedupKey?: string;
}
