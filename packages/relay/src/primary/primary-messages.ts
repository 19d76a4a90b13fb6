// What the relay's thread and the primary's thread say to each other. Frames are the protocol's own.
import type { DocumentId, ReplicaId } from '@causeway/core';
import type { Limits } from '@causeway/protocol';
import type { LoadedApp } from './load-app.ts';
import type { Pulse } from './pulse.ts';

/** What a thread is started with. */
export interface PrimarySetup {
  readonly url: string;
  readonly replica: ReplicaId;
  readonly limits: Limits;
  readonly pulse: Pulse;
}

export type ToPrimary =
  | { readonly type: 'frame'; readonly frame: Uint8Array }
  /** `number` names the document in the pulse. */
  | { readonly type: 'announce'; readonly document: DocumentId; readonly number: number };

export type FromPrimary =
  | { readonly type: 'ready' }
  | Extract<LoadedApp, { type: 'refused' }>
  | { readonly type: 'frame'; readonly frame: Uint8Array }
  /** So many bytes of frames were worked off: what else was sent is still waiting. */
  | { readonly type: 'consumed'; readonly bytes: number };
