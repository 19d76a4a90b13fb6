// The process in which the application's code runs at the relay. Its pulse tells the host that it lives,
// and whose code is running.
import type { AppVersions, DocumentId } from '@causeway/core';
import { missingHandlers, type Primary, PrimaryLink } from '@causeway/primary';
import { joinParent, keepCompiled, type Parent } from '../app-child/join-parent.ts';
import { sha256 } from '../log/sha256.ts';
import { thisProcess } from '../platform.ts';
import { loadVersions } from './load-app.ts';
import type { FromPrimary, PrimarySetup, ToPrimary } from './primary-messages.ts';

const beatEveryMs = 500;

interface Loaded {
  readonly primary: Primary;
  readonly versions: AppVersions;
}

function runPrimary(loaded: Loaded, parent: Parent<PrimarySetup, ToPrimary, FromPrimary>): void {
  const { pulse } = parent;
  const { limits, pace, replica } = parent.setup;
  const numbers = new Map<DocumentId, number>();
  const loading = new Map<DocumentId, (bytes: Uint8Array | undefined) => void>();
  const session = new PrimaryLink({
    primary: loaded.primary,
    previous: loaded.versions.previous,
    replica,
    limits,
    platform: thisProcess,
    hash: sha256,
    send: (frame) => void parent.say({ type: 'frame', frame }),
    checkpoints: {
      pace,
      port: {
        load(document, answer) {
          loading.set(document, answer);
          void parent.say({ type: 'load-checkpoint', document });
        },
        save: (document, position, bytes) =>
          void parent.say({ type: 'save-checkpoint', document, position, bytes }),
      },
    },
    /** What the application throws ends the process: the host starts another. */
    guard(document, work) {
      pulse.enter(numbers.get(document) ?? 0);
      work();
      pulse.leave();
    },
    onEscalationFailed(document, error) {
      const reason = error instanceof Error ? error.message : String(error);
      void parent.say({ type: 'escalation-failed', document, reason });
    },
  });
  parent.inbox.listen((message) => {
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
    void parent.say({ type: 'consumed', bytes: message.frame.length });
  });
  setInterval(() => pulse.beat(), beatEveryMs);
}

const parent = await joinParent<PrimarySetup, ToPrimary, FromPrimary>('causeway-primary');
const { setup } = parent;
const loaded = await loadVersions(setup);
const missing = loaded.type === 'loaded' ? missingHandlers(loaded.primary) : [];
if (loaded.type === 'refused') {
  await parent.say(loaded);
} else if (missing.length > 0) {
  const names = missing.join(', ');
  const remedy = 'export `primary = definePrimary(app, { effects: { … } })` from it';
  const message = `${setup.url} has no handler for the effects ${names}: ${remedy}`;
  await parent.say({ type: 'refused', code: 'handlers-missing', message });
} else {
  await parent.say({ type: 'ready' });
  runPrimary(loaded, parent);
  keepCompiled();
}
