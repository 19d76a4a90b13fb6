// An answer that exists already, and is told later.

/** Resolves with what tells the answer. Never rejects: a failure waits to be told, too. */
export function settle<T>(
  answer: Promise<T>,
  resolve: (value: T) => void,
  reject: (error: unknown) => void,
): Promise<() => void> {
  return answer.then(
    (value) => () => resolve(value),
    (error: unknown) => () => reject(error),
  );
}
