// The command was called in a way it does not know: exit status 2, with its help.
import type { help } from './command-help.ts';

export class UsageError extends Error {
  override readonly name = 'UsageError';
  readonly command: keyof typeof help;
  constructor(command: keyof typeof help, message: string) {
    super(message);
    this.command = command;
  }
}

/** What `parse` returns; an argument that it does not know becomes a {@link UsageError}. */
export function parseUsage<T>(command: keyof typeof help, parse: () => T): T {
  try {
    return parse();
  } catch (error) {
    const isUsage =
      error instanceof TypeError && 'code' in error && /^ERR_PARSE_ARGS/.test(String(error.code));
    throw isUsage ? new UsageError(command, error.message) : error;
  }
}
