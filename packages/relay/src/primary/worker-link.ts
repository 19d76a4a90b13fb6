// A primary's thread as a link: what was posted and not yet worked off counts as buffered, so that a
// busy thread is not flooded, but reads on from the store when it is ready.
import type { Worker } from 'node:worker_threads';
import type { Link, LinkEvents } from '../link.ts';
import type { FromPrimary, ToPrimary } from './primary-messages.ts';

/** Joins a thread to the relay. `close` ends the thread: its host then starts another. */
export function linkWorker(
  worker: Worker,
  o: { readonly softBytes: number; readonly accept: (link: Link) => LinkEvents },
): void {
  let waitingBytes = 0;
  let isFull = false;
  const end = (): void => {
    // Told by `exit` below; that it ended is all there is to know.
    worker.terminate().catch((error) => worker.emit('error', error));
  };
  const events = o.accept({
    write(frame) {
      waitingBytes += frame.length;
      postTo(worker, { type: 'frame', frame });
    },
    bufferedBytes() {
      isFull ||= waitingBytes > o.softBytes;
      return waitingBytes;
    },
    // Its pushes are bounded already: one append per document at a time.
    pause: () => undefined,
    resume: () => undefined,
    close: end,
  });
  worker.on('message', (message: FromPrimary) => {
    if (message.type === 'frame') events.frameArrived(message.frame);
    if (message.type !== 'consumed') return;
    waitingBytes -= message.bytes;
    if (!isFull || waitingBytes > o.softBytes / 4) return;
    isFull = false;
    events.drained();
  });
  worker.on('exit', () => events.closed());
}

export function postTo(worker: Worker, message: ToPrimary): void {
  worker.postMessage(message);
}
