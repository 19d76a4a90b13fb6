// A counter as the models have it: a map, to which one adds.

/** Sums by key; a key that nothing was added to is absent. */
export type Sums = Map<string, number>;

export function addTo(sums: Sums, key: string, by: number): void {
  sums.set(key, sumOf(sums, key) + by);
}

export function sumOf(sums: Sums, key: string): number {
  return sums.get(key) ?? 0;
}
