// Everything that a test of effects needs beside its pages: a built page, a relay that serves it and whose
// primary acts outside, the far end that it calls, and a line to be cut for each of two devices.
import { fileURLToPath } from 'node:url';
import { type FaultyProxy, startFaultyProxy } from '../../faults/support/faulty-proxy.ts';
import { type BuiltPage, buildSite } from './built-site.ts';
import { farEndVariable } from './call-far-end.ts';
import { type FarEnd, startFarEnd } from './far-end.ts';
import { type ServedRelay, serveRelay } from './served-relay.ts';

export interface PlaceWithFarEnd {
  readonly relay: ServedRelay;
  readonly farEnd: FarEnd;
  readonly lineOfA: FaultyProxy;
  readonly lineOfB: FaultyProxy;
  close(): Promise<void>;
}

/** `primary`: the module beside the page that exports what `definePrimary` gave. */
export async function startPlaceWithFarEnd(
  page: BuiltPage,
  primary: string,
): Promise<PlaceWithFarEnd> {
  const site = await buildSite(page);
  const farEnd = await startFarEnd();
  const app = fileURLToPath(new URL(`./${page}/${primary}.ts`, import.meta.url));
  const relay = await serveRelay(site.folder, app, { [farEndVariable]: farEnd.url });
  const lineOfA = await startFaultyProxy(relay.port);
  const lineOfB = await startFaultyProxy(relay.port);
  return {
    ...{ relay, farEnd, lineOfA, lineOfB },
    async close() {
      for (const one of [lineOfA, lineOfB, relay, farEnd]) await one.close();
      await site.remove();
    },
  };
}
