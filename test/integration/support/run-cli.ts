// The command line as people run it, to its end.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

export const cli = fileURLToPath(new URL('../../../packages/cli/src/causeway.ts', import.meta.url));

export interface CliRun {
  readonly status: number | null;
  readonly out: string;
  readonly errors: string;
}

/** Runs `causeway` with these arguments and waits for its end. */
export function runCli(...args: readonly string[]): Promise<CliRun> {
  return runNode([cli, ...args]);
}

/** Runs Node, on our sources, and waits for its end. */
export async function runNode(
  args: readonly string[],
  environment: Readonly<NodeJS.ProcessEnv> = {},
): Promise<CliRun> {
  const child = spawn(process.execPath, ['--conditions=causeway-source', ...args], {
    env: { ...process.env, ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let [out, errors] = ['', ''];
  child.stdout.on('data', (chunk: Buffer) => {
    out += String(chunk);
  });
  child.stderr.on('data', (chunk: Buffer) => {
    errors += String(chunk);
  });
  const [status]: (number | null)[] = await once(child, 'close');
  return { status: status ?? null, out, errors };
}
