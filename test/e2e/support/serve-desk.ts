// What a test of desks needs beside its pages: the built page, a relay that serves it, and a line to be cut.
import { type FaultyProxy, startFaultyProxy } from '../../faults/support/faulty-proxy.ts';
import { buildSite } from './built-site.ts';
import { deskModule } from './open-desk.ts';
import { type ServedRelay, serveRelay } from './served-relay.ts';

export interface ServedDesk {
  readonly relay: ServedRelay;
  readonly line: FaultyProxy;
  close(): Promise<void>;
}

export async function serveDesk(): Promise<ServedDesk> {
  const site = await buildSite('desk-page');
  const relay = await serveRelay(site.folder, deskModule('prohibited'));
  const line = await startFaultyProxy(relay.port);
  return {
    ...{ relay, line },
    async close() {
      await line.close();
      await relay.close();
      await site.remove();
    },
  };
}
