// Runs in the browser: a client of the desk on the real store and the real socket, and nothing drawn.
import { type Client, connect, type Handle } from '@causeway/client';
import type { LinkBounds } from '@causeway/core';
import { app as delayed } from './desk-delayed.ts';
import { app as prohibited } from './desk-prohibited.ts';

/** What may happen to `deleteDocument` while cut off: which desk it is. */
export type Deletion = 'prohibited' | 'delayed';
export interface DeskPlace {
  readonly deletion: Deletion;
  /** Whose database in this browser. */
  readonly name: string;
  readonly document: string;
  readonly relay: string;
  readonly bounds: Partial<LinkBounds>;
}
export interface Desk {
  readonly client: Client<typeof prohibited>;
  readonly handle: Handle<typeof prohibited>;
}
declare global {
  var openDesk: (place: DeskPlace) => Promise<void>;
  /** There once `openDesk` has resolved. */
  var desk: Desk;
}

globalThis.openDesk = async ({ deletion, name, document, relay, bounds }) => {
  const app = deletion === 'delayed' ? delayed : prohibited;
  const client = connect({ app, url: relay, name, bounds });
  globalThis.desk = { client, handle: await client.open(document) };
};
