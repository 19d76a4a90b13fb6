// A primary's process as a link: what was sent and not yet worked off counts as buffered, so that a busy
// one is not flooded, but reads on from the store when it is ready.
import type { Link, LinkEvents } from '../link.ts';
import type { FromPrimary, PrimaryChild } from './primary-messages.ts';

/**
 * Joins a process to the relay. `close` ends it: its host then starts another.
 * @returns What is to be told of each of its messages.
 */
export function linkChild(
  started: PrimaryChild,
  o: { readonly softBytes: number; readonly accept: (link: Link) => LinkEvents },
): (message: FromPrimary) => void {
  let waitingBytes = 0;
  let isFull = false;
  const events = o.accept({
    write(frame) {
      waitingBytes += frame.length;
      started.send({ type: 'frame', frame });
    },
    bufferedBytes() {
      isFull ||= waitingBytes > o.softBytes;
      return waitingBytes;
    },
    // Its pushes are bounded already: one append per document at a time.
    pause: () => undefined,
    resume: () => undefined,
    close: () => void started.end(),
  });
  void started.ended.then(() => events.closed());
  return (message) => {
    if (message.type === 'frame') events.frameArrived(message.frame);
    if (message.type !== 'consumed') return;
    waitingBytes -= message.bytes;
    if (!isFull || waitingBytes > o.softBytes / 4) return;
    isFull = false;
    events.drained();
  };
}
