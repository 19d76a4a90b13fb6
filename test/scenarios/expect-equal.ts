// Assertions that throw with their evidence, for whoever runs a scenario: a test or a script.
import { AssertionError } from 'node:assert';
import { inspect, isDeepStrictEqual } from 'node:util';

/** Throws AssertionError unless the two are deeply equal; `what` says what was looked at. */
export function expectEqual(what: string, actual: unknown, expected: unknown): void {
  if (isDeepStrictEqual(actual, expected)) return;
  const message = `${what} is ${show(actual)}, expected ${show(expected)}`;
  throw new AssertionError({ message, actual, expected });
}

/** Throws AssertionError unless `isTrue`; `evidence` is what one would want to see then. */
export function expectThat(what: string, isTrue: boolean, evidence?: unknown): void {
  if (isTrue) return;
  const seen = evidence === undefined ? '' : `: ${show(evidence)}`;
  throw new AssertionError({ message: `not so: ${what}${seen}` });
}

function show(value: unknown): string {
  return inspect(value, { depth: 6, breakLength: Number.POSITIVE_INFINITY, maxArrayLength: 12 });
}
