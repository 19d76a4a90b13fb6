// What the relay and the process of its primary say to each other. Frames are the protocol's own.
import type { DocumentId, ReplicaId } from '@causeway/core';
import type { CheckpointPace } from '@causeway/primary';
import type { Limits } from '@causeway/protocol';
import type { AppChild } from '../app-child/app-child.ts';
import type { AppRefused } from '../app-child/await-ready.ts';
import type { AppModules } from './load-app.ts';

/** What it is started with. */
export interface PrimarySetup extends AppModules {
  readonly replica: ReplicaId;
  readonly limits: Limits;
  readonly pace: CheckpointPace;
}

export type PrimaryChild = AppChild<ToPrimary, FromPrimary>;

export type ToPrimary =
  | { readonly type: 'frame'; readonly frame: Uint8Array }
  /** `number` names the document in the pulse. */
  | { readonly type: 'announce'; readonly document: DocumentId; readonly number: number }
  /** The answer to `load-checkpoint`. */
  | {
      readonly type: 'checkpoint';
      readonly document: DocumentId;
      readonly bytes: Uint8Array | undefined;
    };

export type FromPrimary =
  | { readonly type: 'ready' }
  | AppRefused
  /** The application's own `onEscalation` failed. */
  | {
      readonly type: 'escalation-failed';
      readonly document: DocumentId;
      readonly reason: string;
    }
  | { readonly type: 'frame'; readonly frame: Uint8Array }
  | { readonly type: 'load-checkpoint'; readonly document: DocumentId }
  | {
      readonly type: 'save-checkpoint';
      readonly document: DocumentId;
      readonly position: number;
      readonly bytes: Uint8Array;
    }
  /** So many bytes of frames were worked off: what else was sent is still waiting. */
  | { readonly type: 'consumed'; readonly bytes: number };
