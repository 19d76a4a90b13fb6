// Engines hand views out untyped, since they serve every application: here an application's own
// workload says again what its roots are.
import type { Json } from '@causeway/core';

/** The view with the types that its application declared. */
export function trustView<V>(view: unknown): V {
  return view as V;
}

/** Values by key as plain JSON with sorted keys. */
export function toRecord(values: Iterable<readonly [string, Json]>): Json {
  return Object.fromEntries([...values].sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** What a counter shows, as the models count it. */
export function sumsOf(counter: { keys(): Iterable<string>; get(key: string): number }): Json {
  return toRecord([...counter.keys()].map((key) => [key, counter.get(key)] as const));
}
