// A bug is ours, is thrown, and is never caught except at the app's top; on in production.

/** A mistake in the program itself: misuse of the API or a broken internal rule. `code` is stable. */
export class Bug extends Error {
  override readonly name = 'Bug';
  readonly code: string;
  constructor(code: string, message: string) {
    super(`${code}: ${message}`);
    this.code = code;
  }
}

/** Throws {@link Bug} when `condition` does not hold. Cost: O(1); `message` says what to do. */
export function assert(condition: boolean, code: string, message: string): asserts condition {
  if (!condition) throw new Bug(code, message);
}

/** Marks a branch the compiler proves empty; reached only by untyped callers. */
export function unreachable(value: never): never {
  throw new Bug('unreachable', `no case for ${JSON.stringify(value)}`);
}
