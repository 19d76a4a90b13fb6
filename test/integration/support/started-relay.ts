// A relay as a process of its own, as people run it: it can be killed, and started again on its data.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../../../', import.meta.url));

export interface RelayProcess {
  readonly url: string;
  readonly port: number;
  /** `SIGKILL`: no goodbye. Resolves when the process is gone. */
  stop(signal?: NodeJS.Signals): Promise<void>;
}

/** Resolves when it listens; rejects with what it printed when it does not. */
export async function startRelayProcess(o: {
  readonly data: string;
  readonly port?: number;
  readonly site?: string;
  /** The module of the application. Default: the demonstration's bank. */
  readonly app?: string;
  /** Without an application: clients audit. */
  readonly auditors?: 'clients';
  /** Beside this process's environment. */
  readonly env?: Readonly<Record<string, string>>;
}): Promise<RelayProcess> {
  const args = ['--conditions=causeway-source', `${root}packages/cli/src/causeway.ts`, 'serve'];
  args.push('--data', o.data, '--port', String(o.port ?? 0));
  if (o.auditors) args.push('--clients-audit');
  else args.push('--app', o.app ?? `${root}apps/demo/src/bank.ts`);
  if (o.site) args.push('--site', o.site);
  const env = { ...process.env, ...o.env };
  const child = spawn(process.execPath, args, { env, stdio: ['ignore', 'pipe', 'pipe'] });
  const url = await listening(child);
  return {
    url,
    port: Number(new URL(url).port),
    async stop(signal = 'SIGTERM') {
      if (child.exitCode !== null || child.signalCode !== null) return;
      const gone = once(child, 'exit');
      child.kill(signal);
      await gone;
    },
  };
}

function listening(child: ChildProcess): Promise<string> {
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  let printed = '';
  const hear = (chunk: Buffer): void => {
    printed += String(chunk);
    const url = /listening on (\S+)/.exec(printed)?.[1];
    if (url) resolve(url);
  };
  child.stdout?.on('data', hear);
  child.stderr?.on('data', hear);
  child.on('exit', (code) => reject(new Error(`the relay exited with ${code}: ${printed}`)));
  return promise;
}
