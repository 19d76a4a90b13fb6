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
  /** The entries of operations in a document's log, in commit order. */
  operations(document: string): Promise<readonly LoggedOperation[]>;
  /** `kill -9`, and another process on the same data and port. */
  killAndRestart(): Promise<void>;
  /** Ends the process and deletes its data. */
  close(): Promise<void>;
}
export interface LoggedOperation {
  readonly id: string;
  /** `operation`: done at its device; `intent`: asked for; `result` or `cancelled`: what came of it. */
  readonly kind: string;
  readonly name: string;
  readonly args: { readonly cents: number };
  /** In which mode its device was when it decided. */
  readonly mode: string;
  readonly outcome: string;
}
interface InspectedEntry extends Pick<LoggedOperation, 'kind' | 'outcome'> {
  readonly operation?: Omit<LoggedOperation, 'kind' | 'outcome'>;
}

/** `env`: what its process is told beside this one's environment. */
export async function serveRelay(
  site = demoSite,
  app?: string,
  env: Readonly<Record<string, string>> = {},
): Promise<ServedRelay> {
  const data = await mkdtemp(join(tmpdir(), 'causeway-'));
  const how = { data, site, env, ...(app !== undefined && { app }) };
  let running = await startRelayProcess(how);
  const { url, port } = running;
  return {
    url,
    port,
    async operations(document) {
      const { status, out, errors } = await runCli('inspect', data, document, '--json');
      if (status !== 0) throw new Error(errors);
      const entries: readonly InspectedEntry[] = JSON.parse(out).entries;
      return entries.flatMap(({ operation, kind, outcome }) =>
        operation ? [{ ...operation, kind, outcome }] : [],
      );
    },
    async killAndRestart() {
      await running.stop('SIGKILL');
      running = await startRelayProcess({ ...how, port });
    },
    async close() {
      await running.stop();
      await rm(data, { recursive: true });
    },
  };
}
