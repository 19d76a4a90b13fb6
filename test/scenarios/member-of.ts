// Arguments as the models read them: plain JSON from the log.
import type { Json } from '@causeway/core';

/** What stands under `name`; undefined where there is nothing. */
export function memberOf(json: Json, name: string): Json | undefined {
  if (typeof json !== 'object' || json === null || Array.isArray(json)) return undefined;
  return Object.entries(json).find(([key]) => key === name)?.[1];
}
