// How much one frame may hold. The first two are a relay's choice and travel in `welcome`; the
// others are part of the protocol: they bound what a frame of a megabyte can make a peer allocate.
import type { DownMessage, Limits } from './down.ts';
import type { UpMessage } from './up.ts';

/** What a relay announces unless configured otherwise. */
export const defaultLimits: Limits = { frameBytesMax: 1_048_576, changeBytesMax: 900_000 };

export const messagesPerFrameMax = 4096;
/** Changes, entries and vector entries of all messages of one frame together. */
export const itemsPerFrameMax = 16_384;
export const changesPerPushMax = 8192;
export const itemsPerEntriesMax = 8192;
export const vectorEntriesMax = 10_000;
export const headerBytesMax = 65_536;
export const tokenBytesMax = 4096;

/** How many items a message adds towards {@link itemsPerFrameMax}. Cost: O(1). */
export function countItems(message: UpMessage | DownMessage): number {
  switch (message.type) {
    case 'open':
    case 'opened':
      return message.vector.length;
    case 'push':
      return message.changes.length;
    case 'entries':
      return message.items.length;
    default:
      return 0;
  }
}
