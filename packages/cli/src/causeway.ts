#!/usr/bin/env -S node --conditions=causeway-source
// The command line: `causeway serve` and `causeway inspect`. Errors are one sentence with a remedy.
import { inspect } from './inspect.ts';
import { serve } from './serve.ts';
import { UsageError } from './usage-error.ts';

const usage = `usage:
  causeway serve --data <folder> [--app <module>] [--port <n>] [--host <address>] [--site <folder>]
  causeway inspect <data> <document> [--json]`;

const commands: Readonly<Record<string, (args: string[]) => Promise<void>>> = { serve, inspect };

const [name = '', ...args] = process.argv.slice(2);
try {
  const command = Object.hasOwn(commands, name) ? commands[name] : undefined;
  if (!command)
    throw new UsageError(name ? `there is no command "${name}"` : 'a command is missing');
  await command(args);
} catch (error) {
  const message = error instanceof Error ? error.message : String(error);
  const isUsage = error instanceof UsageError || (error instanceof TypeError && 'code' in error);
  console.error(`causeway: ${message}${isUsage ? `\n${usage}` : ''}`);
  process.exitCode = isUsage ? 2 : 1;
}
