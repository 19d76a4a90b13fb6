// What a machine reported, as sentences: a mode that changed, an operation that climbed a rung.
import type { DeviceState } from './device.ts';
import type { OperationLine } from './slips.ts';
import { money, refusalWords, whyMode } from './words.ts';

export const chapters = ['detect', 'partition', 'recover'] as const;
export type Chapter = (typeof chapters)[number];

export interface Told {
  readonly chapter: Chapter;
  readonly what: string;
  readonly tone: 'plain' | 'bad' | 'good';
}

/** What a new mode means to a reader; undefined when it is no news. */
export function factOfMode(
  { mode, why }: DeviceState,
  before: DeviceState,
  cutSinceMs: number | undefined,
): Told | undefined {
  switch (mode) {
    case 'suspect':
      return { chapter: 'detect', tone: 'plain', what: 'doubts the line and probes it' };
    case 'partitioned':
      return { chapter: 'detect', tone: 'bad', what: `knows that it is cut off: ${whyMode(why)}` };
    case 'recovering':
      return { chapter: 'recover', tone: 'plain', what: 'hears the bank again and catches up' };
    case 'connected': {
      // A machine begins in doubt: that it found its line at the start is no news.
      if (cutSinceMs === undefined && before.why === 'opening') return undefined;
      if (cutSinceMs === undefined) {
        return { chapter: 'detect', tone: 'good', what: 'finds the line in order after all' };
      }
      const seconds = Math.max(1, Math.round((Date.now() - cutSinceMs) / 1_000));
      return { chapter: 'recover', tone: 'good', what: `is connected again, after ${seconds} s` };
    }
  }
}

/** What an operation that was made while cut off tells at this rung. */
export function factOfOperation(line: OperationLine): Told | undefined {
  const sum = money(line.cents);
  const isOut = line.name === 'withdraw';
  switch (line.state.type) {
    case 'saved':
    case 'cancelling':
      return {
        chapter: 'partition',
        tone: 'plain',
        what: `${isOut ? 'pays out' : 'takes in'} ${sum}: saved here, tentative`,
      };
    case 'refused':
      return {
        chapter: 'partition',
        tone: 'bad',
        what: `does not pay ${sum}. ${refusalWords(line.state)}`,
      };
    case 'committed':
    case 'confirmed':
    case 'compensated':
      return {
        chapter: 'recover',
        tone: 'plain',
        what: `sends its ${isOut ? 'withdrawal' : 'deposit'} of ${sum}, and the bank commits it`,
      };
    case 'deciding':
      return undefined;
  }
}
