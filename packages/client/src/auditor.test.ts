// An auditor with a relay that is only a socket: what it opens, when it is silent, and what it says of it.
import {
  type App,
  defaultBounds,
  defineApp,
  parseDocumentId,
  parseLogId,
  prefixGenesis,
  safe,
  zeroHash,
} from '@causeway/core';
import type { DownMessage, UpMessage } from '@causeway/protocol';
import {
  decodeUp,
  defaultLimits,
  encodeDown,
  isPeerFault,
  protocolVersion,
} from '@causeway/protocol';
import { counter, yjs } from '@causeway/yjs';
import * as v from 'valibot';
import { expect, test } from 'vitest';
import { createAuditor } from './auditor.ts';
import { thisMachine } from './platform.ts';

const id = parseDocumentId('a') ?? expect.unreachable();
const log = parseLogId('1'.repeat(32)) ?? expect.unreachable();
const sumsOf = (version: number) =>
  defineApp({ name: 'sums', version, document: yjs((doc) => ({ sums: counter(doc, 'sums') })) })
    .operations({ add: { args: v.object({}), run: (doc) => doc.sums.add('x', 1) } })
    .invariants({ sane: { holds: () => true } })
    .policy({ add: { sane: safe() } });
const app: App = sumsOf(2);

const position = 0;
const prefixHash = prefixGenesis(thisMachine.hash, id, log);
const head = { log, epoch: 1, position, prefixHash, digest: zeroHash, namedPosition: 0 };
const opened: DownMessage = { type: 'opened', document: id, head, relation: 'resumed', vector: [] };

/** An auditor that is online, and the relay's end of its sockets. */
function startAuditor(audited = app) {
  const said: UpMessage[] = [];
  const statuses: number[] = [];
  let hear: (type: string, event: object) => void = () => undefined;
  class FakeSocket {
    static readonly OPEN = 1;
    readonly readyState = 1;
    binaryType = '';
    constructor() {
      const listeners = new Map<string, (event: object) => void>();
      this.addEventListener = (type, listener) => void listeners.set(type, listener);
      hear = (type, event) => listeners.get(type)?.(event);
    }
    addEventListener: (type: string, listener: (event: object) => void) => void;
    send(bytes: Uint8Array): void {
      const decoded = decodeUp(bytes, defaultLimits);
      if (!isPeerFault(decoded)) said.push(...decoded);
    }
    close(status: number): void {
      statuses.push(status);
    }
  }
  const auditor = createAuditor()({
    ...{ app: audited, url: 'ws://relay', bounds: defaultBounds, platform: thisMachine },
    Socket: FakeSocket as unknown as typeof WebSocket,
    changed: () => undefined,
  });
  auditor.announce(id);
  auditor.tell({ type: 'wentOnline' });
  const tell = (message: DownMessage): void =>
    hear('message', { data: Uint8Array.from(encodeDown([message])).buffer });
  const welcome = (hasPrimary: boolean): void => {
    hear('open', {});
    tell({ type: 'welcome', protocol: protocolVersion, limits: defaultLimits, hasPrimary });
  };
  /** What was said in the turns up to now. */
  const types = async (): Promise<readonly string[]> => {
    await new Promise((resolve) => setImmediate(resolve));
    return said.map(({ type }) => type);
  };
  return { auditor, statuses, tell, welcome, types };
}

test('it opens what was announced once it is welcome, and leaves what is closed', async () => {
  const { auditor, tell, types, welcome } = startAuditor();
  expect(auditor.state).toBe('waiting');
  welcome(true);
  tell(opened);
  expect([auditor.state, await types()]).toEqual(['auditing', ['hello', 'probe', 'open']]);
  auditor.leave(id);
  expect((await types()).at(-1)).toBe('leave');
  auditor.stop();
  expect(auditor.state).toBe('waiting');
});

test('where nobody is believed it opens nothing, and says why', async () => {
  const { auditor, types, welcome } = startAuditor();
  welcome(false);
  expect([auditor.state, await types()]).toEqual(['not-permitted', ['hello', 'probe']]);
  auditor.stop();
});

test('what throws on a document is told, and the document left', async () => {
  const open = (): never => {
    throw new Error('no document today');
  };
  const broken: App = { ...app, definition: { ...app.definition, document: { open } as never } };
  const { auditor, tell, types, welcome } = startAuditor(broken);
  welcome(true);
  tell(opened);
  expect([auditor.state, auditor.failure]).toEqual(['failed', 'a: no document today']);
  expect((await types()).at(-1)).toBe('leave');
  auditor.stop();
});

test('what does not fit the log ends the link', () => {
  const { auditor, statuses, tell, welcome } = startAuditor();
  welcome(true);
  tell(opened);
  const hashes = { prefixHash: zeroHash, digest: zeroHash };
  tell({ type: 'entries', document: id, epoch: 1, from: 2, items: [], ...hashes });
  expect([auditor.state, statuses]).toEqual(['waiting', [4001]]);
  auditor.stop();
});

test('versions that do not belong together are a mistake in the program', () => {
  const setup = {
    ...{ app, url: 'ws://relay', bounds: defaultBounds, platform: thisMachine },
    ...{ Socket: class {} as unknown as typeof WebSocket, changed: () => undefined },
  };
  expect(() => createAuditor({ previous: [sumsOf(3)] })(setup)).toThrow(/bad-app-versions|below/);
  expect(createAuditor({ previous: [sumsOf(1)] })(setup).state).toBe('waiting');
});
