// The command was called in a way it does not know: the usage is printed with it.

export class UsageError extends Error {
  override readonly name = 'UsageError';
}
