// Where rights are kept: one key of one bounded root.

export interface Place {
  readonly root: string;
  readonly key: string;
}

export function placeName({ root, key }: Place): string {
  return `${root}\u0000${key}`;
}
