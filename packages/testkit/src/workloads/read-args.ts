// Arguments as the models read them: from the log, where they are plain JSON that was validated once.
import type { Json } from '@causeway/core';

/** The text under `name`. Throws where there is none: the log holds what no schema let through. */
export function textIn(args: Json, name: string): string {
  const value = memberOf(args, name);
  if (typeof value !== 'string') throw new TypeError(`${name} is no text: ${String(value)}`);
  return value;
}

/** The number under `name`; throws as {@link textIn} does. */
export function numberIn(args: Json, name: string): number {
  const value = memberOf(args, name);
  if (typeof value !== 'number') throw new TypeError(`${name} is no number: ${String(value)}`);
  return value;
}

/** The texts in the list under `name`; throws as {@link textIn} does. */
export function textsIn(args: Json, name: string): readonly string[] {
  const value = memberOf(args, name);
  if (!Array.isArray(value)) throw new TypeError(`${name} is no list: ${String(value)}`);
  return value.map((item: unknown) => String(item));
}

function memberOf(args: Json, name: string): unknown {
  if (typeof args !== 'object' || args === null) return undefined;
  return Object.entries(args).find(([key]) => key === name)?.[1];
}
