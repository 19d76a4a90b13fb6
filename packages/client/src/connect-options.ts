// All that an application may say when it connects.
import type { App, LinkBounds, User } from '@causeway/core';
import { defaultBounds } from '@causeway/core';
import type { StartAuditor } from './auditor-port.ts';
import type { WarnBeforeClose } from './close-safety.ts';
import type { LineOptions } from './line-options.ts';
import type { ClientPlatform } from './platform.ts';
import type { ReplicaStore } from './store.ts';
import type { DeviceOptions } from './types.ts';

export type ConnectOptions<A extends App> = {
  readonly app: A;
  readonly url: string | URL;
  /** Whose data in this browser: two people in one profile take two names. Default `default`. */
  readonly name?: string;
  /**
   * Who acts, as operations record it. What this client says: it is proved by nothing yet, so it counts
   * for display, and for roles only as far as the relay trusts its clients. Default `anonymous`.
   */
  readonly user?: User;
  readonly store?: ReplicaStore;
  readonly WebSocket?: typeof WebSocket;
  /** Stay offline until `goOnline()`. */
  readonly offline?: boolean;
  /** Ask before a page closes: with work not saved, or with work not sent (`true`). Default false. */
  readonly warnBeforeClose?: WarnBeforeClose;
  /**
   * `createAuditor()` of `@causeway/client/auditor`: this client audits the documents that it has open,
   * where the relay has no primary and believes its clients. Default: it audits nothing.
   */
  readonly auditor?: StartAuditor;
  /** The detector's bounds, for special networks and tests. */
  readonly bounds?: Partial<LinkBounds>;
  /** Another clock, chance and locks than this machine's, for tests and simulation. */
  readonly platform?: ClientPlatform;
} & DeviceOptions<A>;

/** Where this client's links lead. */
export function lineOf<A extends App>(o: ConnectOptions<A>, platform: ClientPlatform): LineOptions {
  return {
    url: String(o.url).replace(/^http/, 'ws'),
    bounds: { ...defaultBounds, ...o.bounds },
    Socket: o.WebSocket ?? WebSocket,
    platform,
  };
}
