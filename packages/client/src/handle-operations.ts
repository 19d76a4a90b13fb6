// What a handle asks for: operations, keys, and what the primary knows.
import type { App, Outcome, Position, Refused, ReplicaInput } from '@causeway/core';
import { intervalKnown, refuse } from '@causeway/core';
import type { DocumentDriver } from './drive-document.ts';
import type { Live } from './live.ts';
import type { ClientPlatform } from './platform.ts';
import { newOperationId } from './platform.ts';
import { readNow } from './read-view.ts';
import type { Receipts } from './receipts.ts';
import type { DocumentHandle, ViewOf } from './types.ts';

/** How long an answer may take, if nothing else is said. */
const answerWithinMs = 5_000;

type Asked = Extract<ReplicaInput, { type: 'primaryAsked' }>['asked'];

export function operationsOf<A extends App>({
  driver,
  platform,
  receipts,
  head,
}: {
  readonly driver: DocumentDriver;
  readonly platform: ClientPlatform;
  readonly receipts: Receipts;
  /** Up to where this device knows the log. */
  readonly head: Live<Position>;
}): Pick<DocumentHandle<A>, 'run' | 'reserve' | 'release' | 'read' | 'interval'> {
  const ask = (asked: Asked, withinMs = answerWithinMs): Promise<Outcome> => {
    const id = newOperationId(platform);
    driver.tell({ type: 'primaryAsked', id, asked, bound: { withinMs, onTimeout: 'cancel' } });
    return receipts.expect(id).outcome;
  };
  return {
    run(name, args, { withinMs, onTimeout = 'proceed', ...more } = {}) {
      const id = newOperationId(platform);
      const limitedBy = withinMs === undefined ? {} : { bound: { withinMs, onTimeout } };
      driver.tell({ type: 'runRequested', id, name, args, ...limitedBy, ...more });
      return receipts.expect(id);
    },
    async reserve(key, { share = 'exclusive', withinMs } = {}) {
      const outcome = await ask({ what: 'reserve', key, share }, withinMs);
      return outcome.type === 'refused' ? late(outcome) : { type: 'reserved' };
    },
    async release(key) {
      const outcome = await ask({ what: 'release', key });
      return outcome.type === 'refused' ? late(outcome) : { type: 'released' };
    },
    interval(counter, key) {
      const { state } = driver;
      const { root, get, rights } = counter(state.document.view as ViewOf<A>);
      return { ...intervalKnown(state, { root, key }, get(key)), rights: rights(key) };
    },
    async read(from, { consistency, after, withinMs = answerWithinMs }) {
      if (consistency === 'session' && after !== undefined) {
        const hasSeen = await within(platform, withinMs, (signal) =>
          head.waitFor((position) => covers(position, after), { signal }),
        );
        if (!hasSeen) return refuse({ code: 'timed-out' });
      }
      if (consistency === 'primary') {
        const outcome = await ask({ what: 'read' }, withinMs);
        if (outcome.type === 'refused') return late(outcome);
      }
      return { type: 'read', ...readNow<A, ReturnType<typeof from>>(driver.state, from) };
    },
  };
}

/** True when what is known at `now` includes what was known at `then`, in the same log's epoch. */
function covers(now: Position, then: Position): boolean {
  const [epoch, position = 0] = now.split('.').map(Number);
  const [thenEpoch, thenPosition = Number.POSITIVE_INFINITY] = then.split('.').map(Number);
  return epoch === thenEpoch && position >= thenPosition;
}

/** False when the time was over first. */
async function within(
  platform: ClientPlatform,
  ms: number,
  work: (signal: AbortSignal) => Promise<unknown>,
): Promise<boolean> {
  const late = new AbortController();
  const cancel = platform.after(ms, () => late.abort());
  try {
    await work(late.signal);
    return true;
  } catch (error) {
    if (late.signal.aborted) return false;
    throw error;
  } finally {
    cancel();
  }
}

/** It was cancelled because its time was over: nobody else did. */
function late(refused: Refused): Refused {
  return refused.code === 'cancelled' ? refuse({ code: 'timed-out' }) : refused;
}
