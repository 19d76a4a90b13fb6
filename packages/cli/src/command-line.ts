// Which command was called, and how it ended. An error is a sentence with its remedy: status 2 for a
// wrong call, else 1.
import { audit } from './audit.ts';
import { help } from './command-help.ts';
import { inspect } from './inspect.ts';
import { policy } from './policy.ts';
import { serve } from './serve.ts';
import { UsageError } from './usage-error.ts';

const commands: Readonly<Record<string, (args: string[]) => Promise<void>>> = {
  serve,
  inspect,
  audit,
  policy,
};

async function run([name = '', ...args]: readonly string[]): Promise<void> {
  if (['help', '--help', '-h'].includes(name)) {
    console.log(help.causeway);
    return;
  }
  const command = Object.hasOwn(commands, name) ? commands[name] : undefined;
  const problem = name === '' ? 'a command is missing' : `there is no command "${name}"`;
  if (!command) throw new UsageError('causeway', problem);
  await command(args);
}

try {
  await run(process.argv.slice(2));
} catch (error) {
  console.error(`causeway: ${error instanceof Error ? error.message : String(error)}`);
  if (error instanceof UsageError) console.error(`\n${help[error.command]}`);
  process.exitCode = error instanceof UsageError ? 2 : 1;
}
