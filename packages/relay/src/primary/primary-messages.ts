// What the relay's thread and the primary's thread say to each other. Frames are the protocol's own.
import type { DocumentId } from '@causeway/core';
import type { LoadedApp } from './load-app.ts';

export type ToPrimary =
  | { readonly type: 'frame'; readonly frame: Uint8Array }
  | { readonly type: 'announce'; readonly document: DocumentId };
export type FromPrimary =
  | { readonly type: 'ready' }
  | Extract<LoadedApp, { type: 'refused' }>
  | { readonly type: 'frame'; readonly frame: Uint8Array };
