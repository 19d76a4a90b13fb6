// The world outside a relay: whom its handlers call, in a process that no kill of the relay reaches. It
// remembers every call, and may refuse one, or leave it without an answer.
import { once } from 'node:events';
import { createServer } from 'node:http';
import { json } from 'node:stream/consumers';

/** One request of a handler. */
export interface FarCall {
  readonly effect: string;
  /** The same at every attempt: who honours it acts once for it. */
  readonly key: string;
  readonly attempt: number;
  readonly payload: unknown;
}
export interface FarEnd {
  readonly url: string;
  /** All calls so far, as they came. */
  readonly calls: readonly FarCall[];
  /** The payloads of this effect's calls, in a stable order. */
  payloadsOf(effect: string): readonly unknown[];
  /** The next call is refused: nothing is done for it. */
  refuseOnce(): void;
  /** From now on it acts and says nothing. */
  holdAnswers(): void;
  /** It answers whoever calls from now on; who was left without an answer stays so. */
  answer(): void;
  close(): Promise<void>;
}

export async function startFarEnd(): Promise<FarEnd> {
  const calls: FarCall[] = [];
  let isHolding = false;
  let refusals = 0;
  const server = createServer(async (request, response) => {
    const call = (await json(request)) as FarCall;
    calls.push(call);
    if (refusals > 0) {
      refusals -= 1;
      response.statusCode = 503;
    }
    if (!isHolding) response.end(JSON.stringify({ key: call.key }));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  return {
    url: `http://127.0.0.1:${typeof address === 'object' && address ? address.port : 0}`,
    calls,
    payloadsOf: (effect) =>
      calls
        .filter((call) => call.effect === effect)
        .map(({ payload }) => payload)
        .sort((a, b) => JSON.stringify(a).localeCompare(JSON.stringify(b))),
    refuseOnce() {
      refusals += 1;
    },
    holdAnswers() {
      isHolding = true;
    },
    answer() {
      isHolding = false;
    },
    async close() {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
}
