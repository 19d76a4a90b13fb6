// The thread in which the application's code runs at the relay. Its pulse tells the host that it lives,
// and whose code is running.
import { type MessagePort, parentPort, workerData } from 'node:worker_threads';
import { type App, assert, type DocumentId } from '@causeway/core';
import { thisProcess } from '../platform.ts';
import { loadApp } from './load-app.ts';
import type { FromPrimary, PrimarySetup, ToPrimary } from './primary-messages.ts';
import { PrimarySession } from './primary-session.ts';
import { beat, enter, leave } from './pulse.ts';

const beatEveryMs = 500;

function post(port: MessagePort, message: FromPrimary): void {
  port.postMessage(message);
}

function runPrimary(app: App, port: MessagePort, setup: PrimarySetup): void {
  const { limits, pulse, replica } = setup;
  const numbers = new Map<DocumentId, number>();
  const session = new PrimarySession({
    app,
    replica,
    limits,
    platform: thisProcess,
    send: (frame) => post(port, { type: 'frame', frame }),
    /** What the application throws ends the thread: the host starts another. */
    guard(document, work) {
      enter(pulse, numbers.get(document) ?? 0);
      work();
      leave(pulse);
    },
  });
  port.on('message', (message: ToPrimary) => {
    if (message.type === 'announce') {
      numbers.set(message.document, message.number);
      session.announce(message.document);
      return;
    }
    session.receive(message.frame);
    post(port, { type: 'consumed', bytes: message.frame.length });
  });
  setInterval(() => beat(pulse), beatEveryMs);
}

const port = parentPort;
assert(port !== null, 'no-parent', 'this module is the start of a worker thread');
const setup: PrimarySetup = workerData;
const loaded = await loadApp(setup.url);
if (loaded.type === 'loaded') {
  post(port, { type: 'ready' });
  runPrimary(loaded.app, port, setup);
} else {
  post(port, loaded);
}
