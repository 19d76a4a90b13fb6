// Runs one tool on the Node this process runs on, with its output passed straight through.
import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

export const root = fileURLToPath(new URL('../..', import.meta.url));

/** A tool of a dependency (`bin`, its path below node_modules), or a script of ours. */
export type Tool = {
  readonly args?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
} & ({ readonly bin: string } | { readonly script: string });

// Far beyond any good run: a tool that hangs ends as a failure instead of never.
const limitMs = 20 * 60_000;

/** True when the tool ended with status 0. */
export function runTool(tool: Tool): Promise<boolean> {
  const path = 'bin' in tool ? `node_modules/${tool.bin}` : tool.script;
  const child = spawn(process.execPath, [path, ...(tool.args ?? [])], {
    cwd: root,
    env: { ...process.env, ...tool.env },
    stdio: ['ignore', 'inherit', 'inherit'],
    timeout: limitMs,
  });
  return new Promise((resolve) => {
    child.on('error', (error) => {
      console.error(`${path}: ${error.message}`);
      resolve(false);
    });
    child.on('exit', (status, signal) => {
      if (signal !== null) console.error(`${path}: ended by ${signal}`);
      resolve(status === 0);
    });
  });
}
