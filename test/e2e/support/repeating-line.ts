// A line to the relay that sends every push twice, as a network does that doubts whether it arrived.
import { type FrameLine, startFrameLine } from './frame-line.ts';

export interface RepeatingLine extends FrameLine {
  /** How many pushes went to the relay a second time so far. */
  readonly counts: { repeated: number };
}

export async function startRepeatingLine(target: number): Promise<RepeatingLine> {
  // Not at the top: the process that only lists the tests does not resolve to sources.
  const { decodeUp, defaultLimits, isPeerFault } = await import('@causeway/protocol');
  const counts = { repeated: 0 };
  const line = await startFrameLine(target, {
    up(frame) {
      const messages = decodeUp(frame, defaultLimits);
      if (isPeerFault(messages)) throw new Error(`the page sent nonsense: ${messages.message}`);
      if (!messages.some(({ type }) => type === 'push')) return [frame];
      counts.repeated += 1;
      return [frame, frame];
    },
  });
  return { ...line, counts };
}
