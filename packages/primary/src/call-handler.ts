// One call of a handler: with a time limit, and with an answer whatever the handler does. It is not our
// code: it may throw, hang, or answer when nobody waits any more.
import type { Platform, PrimaryEffect, PrimaryInput } from '@causeway/core';
import type { PrimaryHandler } from './define-primary.ts';

type Call = Extract<PrimaryEffect, { type: 'callHandler' }>;
type Answer = Extract<PrimaryInput, { type: 'handlerAnswered' }>;

/**
 * Calls it and tells what came of it. After its time is over the call has failed; should it answer
 * later, that is told as well, and the machine knows by the token that it is too late.
 */
export function callHandler(
  { effect, token, name, payload, attempt, operation, withinMs }: Call,
  o: {
    readonly handler: PrimaryHandler | undefined;
    readonly platform: Platform;
    readonly tell: (answer: Answer) => void;
  },
): void {
  const answered = { type: 'handlerAnswered', effect, token } as const;
  const controller = new AbortController();
  const cancelTimer = o.platform.after(withinMs, () => {
    const failure = `no answer within ${withinMs} ms`;
    controller.abort(new Error(failure));
    o.tell({ ...answered, failure });
  });
  const call = { key: effect, attempt, operation, signal: controller.signal };
  // In an async function, so that what it throws at once is a rejection as well.
  const act = async (): Promise<unknown> => {
    if (!o.handler) throw new Error(`there is no handler for ${name}`);
    return o.handler(payload, call);
  };
  act().then(
    (receipt) => {
      cancelTimer();
      o.tell({ ...answered, receipt });
    },
    (error: unknown) => {
      cancelTimer();
      o.tell({ ...answered, failure: describeError(error) });
    },
  );
}

function describeError(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
