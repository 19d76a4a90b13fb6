// What a primary of these tests does outside: it tells the far end, under the key that it was given.
import type { PrimaryHandler } from '@causeway/relay/primary';

/** How a relay process is told where the far end is. */
export const farEndVariable = 'CAUSEWAY_TEST_FAR_END';

/** A handler for this effect. What the far end answers is kept as the receipt. */
export function callFarEnd(effect: string): PrimaryHandler {
  return async (payload, { key, attempt, signal }) => {
    const url = process.env[farEndVariable];
    if (!url) throw new Error(`${farEndVariable} does not say where the far end is`);
    const body = JSON.stringify({ effect, key, attempt, payload });
    const response = await fetch(url, { method: 'POST', body, signal });
    if (!response.ok) throw new Error(`the far end answered ${response.status}`);
    return response.json();
  };
}
