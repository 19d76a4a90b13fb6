// What the log holds of sagas, and acts at the instant when it holds it.
import type { App, OperationId } from '@causeway/core';
import { decodeHeader } from '@causeway/core';
import type { Stage } from './stage.ts';

/** The steps that were done and undone, in the order of the log, as `1:do`. */
export function stepsInLog<A extends App>({ truth }: Stage<A>, saga: string): readonly string[] {
  return truth.entries.flatMap(({ sealed }) => {
    const header = decodeHeader(sealed.header);
    const id = header?.kind === 'result' ? (header.operation?.id ?? '') : '';
    return id.startsWith(`s:${saga}:`) ? [id.slice(`s:${saga}:`.length)] : [];
  });
}

/** Kills the primary as soon as the log holds one of these steps of any saga; each once. */
export function crashAfter<A extends App>(
  { world }: Stage<A>,
  steps: readonly string[],
  then: () => void = () => undefined,
): void {
  const waiting = new Set(steps);
  world.watch({
    onCommitted(entries) {
      for (const { sealed } of entries) {
        const id: OperationId | undefined = decodeHeader(sealed.header)?.operation?.id;
        const step = id?.startsWith('s:') ? id.split(':').slice(2).join(':') : '';
        if (!waiting.delete(step)) continue;
        world.timeline.after(0, () => {
          world.relay.crashPrimary();
          then();
        });
      }
    },
  });
}
