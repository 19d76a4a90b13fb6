// The thread in which the application's code runs at the relay. Its pulse tells the host that it lives,
// and whose code is running.
import { type MessagePort, parentPort, workerData } from 'node:worker_threads';

import { type AppVersions, assert, type DocumentId } from '@causeway/core';
import { missingHandlers, type Primary, PrimaryLink } from '@causeway/primary';
import { sha256 } from '../log/sha256.ts';
import { thisProcess } from '../platform.ts';
import { loadVersions } from './load-app.ts';

import type { FromPrimary, PrimarySetup, ToPrimary } from './primary-messages.ts';
import { beat, enter, leave } from './pulse.ts';

const beatEveryMs = 500;

function post(port: MessagePort, message: FromPrimary): void {
  port.postMessage(message);
}

interface Loaded {
  readonly primary: Primary;
  readonly versions: AppVersions;
}

function runPrimary(loaded: Loaded, port: MessagePort, setup: PrimarySetup): void {
  const { limits, pulse, replica } = setup;
  const numbers = new Map<DocumentId, number>();
  const loading = new Map<DocumentId, (bytes: Uint8Array | undefined) => void>();
  const session = new PrimaryLink({
    primary: loaded.primary,
    previous: loaded.versions.previous,
    replica,
    limits,
    platform: thisProcess,
    hash: sha256,
    send: (frame) => post(port, { type: 'frame', frame }),
    checkpoints: {
      pace: setup.pace,
      port: {
        load(document, answer) {
          loading.set(document, answer);
          post(port, { type: 'load-checkpoint', document });
        },
        save: (document, position, bytes) =>
          port.postMessage(
            { type: 'save-checkpoint', document, position, bytes } satisfies FromPrimary,
            [bytes.buffer as ArrayBuffer],
          ),
      },
    },
    /** What the application throws ends the thread: the host starts another. */
    guard(document, work) {
      enter(pulse, numbers.get(document) ?? 0);
      work();
      leave(pulse);
    },
    onEscalationFailed(document, error) {
      const reason = error instanceof Error ? error.message : String(error);
      post(port, { type: 'escalation-failed', document, reason });
    },
  });
  port.on('message', (message: ToPrimary) => {
    if (message.type === 'announce') {
      numbers.set(message.document, message.number);
      session.announce(message.document);
      return;
    }
    if (message.type === 'checkpoint') {
      loading.get(message.document)?.(message.bytes);
      loading.delete(message.document);
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
const loaded = await loadVersions(setup);
const missing = loaded.type === 'loaded' ? missingHandlers(loaded.primary) : [];
if (loaded.type === 'refused') {
  post(port, loaded);
} else if (missing.length > 0) {
  const names = missing.join(', ');
  const remedy = 'export `primary = definePrimary(app, { effects: { … } })` from it';
  const message = `${setup.url} has no handler for the effects ${names}: ${remedy}`;
  post(port, { type: 'refused', code: 'handlers-missing', message });
} else {
  post(port, { type: 'ready' });
  runPrimary(loaded, port, setup);
}
