// A relay as a process of its own, as people run it, that may be killed at any moment of its life,
// its start included, and whose files may be held to a size.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { sourceCondition } from '../node-setup.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));

export interface RelayChild {
  readonly pid: number;
  /** The URL, once it listens; rejects with what it printed when it ended before. */
  readonly listening: Promise<string>;
  /** Everything it printed to stderr so far. */
  errors(): string;
  /** Resolves when the process is gone. */
  stop(signal: NodeJS.Signals): Promise<void>;
}

export interface RelayChildOptions {
  readonly data: string;
  /** 0: any that is free. */
  readonly port: number;
  /** No file of the relay may grow beyond so many KiB (a soft limit of the system, `ulimit -f`). */
  readonly fileKibMax?: number;
}

/** Starts `causeway serve` with the demonstration's bank and does not wait. */
export function spawnRelay(o: RelayChildOptions): RelayChild {
  const serve = [`--conditions=${sourceCondition}`, `${root}packages/cli/src/causeway.ts`, 'serve'];
  const options = ['--data', o.data, '--port', String(o.port)];
  const app = ['--app', `${root}apps/demo/src/bank.ts`];
  const command = [process.execPath, ...serve, ...options, ...app];
  const [file = '', ...args] =
    o.fileKibMax === undefined ? command : limited(o.fileKibMax, command);
  const child = spawn(file, args, { stdio: ['ignore', 'pipe', 'pipe'] });
  const { listening, errors } = hear(child);
  return {
    pid: child.pid ?? 0,
    listening,
    errors,
    async stop(signal) {
      if (child.exitCode !== null || child.signalCode !== null) return;
      const gone = once(child, 'exit');
      child.kill(signal);
      await gone;
    },
  };
}

/** The shell sets its own limit and becomes the command: the process id stays. */
function limited(fileKibMax: number, command: readonly string[]): readonly string[] {
  return ['bash', '-c', 'ulimit -S -f "$0" && exec "$@"', String(fileKibMax), ...command];
}

function hear(child: ChildProcess): Pick<RelayChild, 'listening' | 'errors'> {
  const { promise: listening, resolve, reject } = Promise.withResolvers<string>();
  listening.catch(() => undefined); // Who kills a relay at its start does not wait for it.
  let [printed, errors] = ['', ''];
  child.stdout?.on('data', (chunk: Buffer) => {
    printed += String(chunk);
    const url = /listening on (\S+)/.exec(printed)?.[1];
    if (url) resolve(url);
  });
  child.stderr?.on('data', (chunk: Buffer) => {
    errors += String(chunk);
  });
  child.on('exit', (code, signal) => {
    reject(new Error(`the relay ended with ${signal ?? code}: ${printed}${errors}`));
  });
  return { listening, errors: () => errors };
}
