// How to reach the relay: the same for every link of a client.
import type { LinkBounds } from '@causeway/core';
import type { ClientPlatform } from './platform.ts';

export interface LineOptions {
  /** As sockets take it. */
  readonly url: string;
  readonly bounds: LinkBounds;
  readonly Socket: typeof WebSocket;
  readonly platform: ClientPlatform;
}
