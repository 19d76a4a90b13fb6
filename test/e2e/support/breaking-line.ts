// A line to the relay that breaks at the worst moment: what a machine sent is in the bank's log, and
// the verdict on it is under way. Then nothing gets through until the line is mended.
import { startFrameLine } from './frame-line.ts';

export interface BreakingLine {
  readonly port: number;
  /** From now on it breaks before the next verdict passes. Resolves when that has happened. */
  breakBeforeVerdict(): Promise<void>;
  mend(): void;
  close(): Promise<void>;
}

export async function startBreakingLine(target: number): Promise<BreakingLine> {
  const hasVerdict = await createVerdictSpotter();
  let broken: PromiseWithResolvers<void> | undefined;
  let isBroken = false;
  const breakNow = (): void => {
    isBroken = true;
    line.hangUp();
    broken?.resolve();
    broken = undefined;
  };
  const line = await startFrameLine(target, {
    isOpen: () => !isBroken,
    down(frame) {
      if (!broken || !hasVerdict(frame)) return [frame];
      breakNow();
      return [];
    },
  });
  return {
    port: line.port,
    breakBeforeVerdict() {
      broken = Promise.withResolvers<void>();
      return broken.promise;
    },
    mend() {
      isBroken = false;
    },
    close: line.close,
  };
}

/** What the audit says travels as coordination entries. */
async function createVerdictSpotter(): Promise<(frame: Uint8Array) => boolean> {
  // Not at the top: the process that only lists the tests does not resolve to sources.
  const { decodeHeader } = await import('@causeway/core');
  const { decodeDown, defaultLimits, isPeerFault } = await import('@causeway/protocol');
  return (frame) => {
    const messages = decodeDown(frame, defaultLimits);
    if (isPeerFault(messages)) throw new Error(`the relay sent nonsense: ${messages.message}`);
    const items = messages.flatMap((message) => (message.type === 'entries' ? message.items : []));
    return items.some(
      (item) => item.type === 'change' && decodeHeader(item.sealed.header)?.kind === 'coordination',
    );
  };
}
