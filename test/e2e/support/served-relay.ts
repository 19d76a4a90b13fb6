// A relay process with a data folder of its own that serves a site, for the tests of one file.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { runCli } from '../../integration/support/run-cli.ts';
import { type RelayProcess, startRelayProcess } from '../../integration/support/started-relay.ts';

/** The demonstration, as it was built. */
export const demoSite = fileURLToPath(new URL('../../../apps/demo/dist', import.meta.url));

export interface ServedRelay extends Pick<RelayProcess, 'url' | 'port'> {
  /** The operations in a document's log, in commit order. */
  operations(document: string): Promise<readonly LoggedOperation[]>;
  /** Ends the process and deletes its data. */
  close(): Promise<void>;
}
export interface LoggedOperation {
  readonly id: string;
  readonly name: string;
  readonly args: { readonly cents: number };
  /** In which mode its device was when it decided. */
  readonly mode: string;
  readonly outcome: string;
}

export async function serveRelay(site = demoSite): Promise<ServedRelay> {
  const data = await mkdtemp(join(tmpdir(), 'causeway-'));
  const { url, port, stop } = await startRelayProcess({ data, site });
  return {
    url,
    port,
    async operations(document) {
      const { status, out, errors } = await runCli('inspect', data, document, '--json');
      if (status !== 0) throw new Error(errors);
      const entries: readonly { operation?: LoggedOperation; outcome: string }[] =
        JSON.parse(out).entries;
      return entries.flatMap(({ operation, outcome }) =>
        operation ? [{ ...operation, outcome }] : [],
      );
    },
    async close() {
      await stop();
      await rm(data, { recursive: true });
    },
  };
}
