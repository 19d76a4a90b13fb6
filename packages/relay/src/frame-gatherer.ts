// Messages of one turn go out as few frames: a system call per message costs ten times as much as
// its bytes (docs/adr/0005-relay.md), and what many links get is encoded once.
import { type DownMessage, encodeFrames } from '@causeway/protocol';
import type { Link } from './link.ts';

/** Owns what was sent in this turn and not yet written. */
export class FrameGatherer {
  private readonly messagesByLink = new Map<Link, DownMessage[]>();
  private readonly frameBytesMax: number;

  constructor(frameBytesMax: number) {
    this.frameBytesMax = frameBytesMax;
  }

  add(link: Link, message: DownMessage): void {
    const messages = this.messagesByLink.get(link);
    if (messages) messages.push(message);
    else this.messagesByLink.set(link, [message]);
  }

  /** Writes what one link still has to get: before it is closed. */
  flushOne(link: Link): void {
    const messages = this.messagesByLink.get(link);
    this.messagesByLink.delete(link);
    if (!messages) return;
    for (const frame of encodeFrames(messages, this.frameBytesMax)) link.write(frame);
  }

  /** Writes everything; `afterLink` hears of each link that was written to. */
  flush(afterLink: (link: Link) => void): void {
    const numbers = new Map<DownMessage, number>();
    const framesByKey = new Map<string, readonly Uint8Array[]>();
    for (const [link, messages] of this.messagesByLink) {
      const key = keyOf(messages, numbers);
      const frames = framesByKey.get(key) ?? encodeFrames(messages, this.frameBytesMax);
      framesByKey.set(key, frames);
      for (const frame of frames) link.write(frame);
      afterLink(link);
    }
    this.messagesByLink.clear();
  }
}

/** Names a list of messages by the identity of each: fan-out sends one object to many links. */
function keyOf(messages: readonly DownMessage[], numbers: Map<DownMessage, number>): string {
  let key = '';
  for (const message of messages) {
    const number = numbers.get(message) ?? numbers.size;
    numbers.set(message, number);
    key += `${number},`;
  }
  return key;
}
