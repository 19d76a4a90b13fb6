// Every input in every state a session can be in: the table is total, and a hole does not compile.
// A cell lists what is done: `welcome`, `!4404` (fault and close), `read`; empty: nothing.
import {
  type LogEntry,
  type LogHead,
  parseDocumentId,
  parseLogId,
  parseReplicaId,
  parseWriterId,
} from '@causeway/core';
import { peerFault, type UpMessage } from '@causeway/protocol';
import { expect, test } from 'vitest';
import { defaultLimits } from './limits.ts';
import { LogFailure } from './log/log-store.ts';
import type { RelayEffect } from './relay-effect.ts';
import type { RelayInput } from './relay-input.ts';
import { createRelayState } from './relay-state.ts';
import { stepRelay } from './step-relay.ts';

const session = 1;
const id = '1'.padStart(32, '0');
const [document, log] = [parseDocumentId('a'), parseLogId(id)];
const [replica, writer] = [parseReplicaId(id), parseWriterId(id)];
if (!document || !log || !replica || !writer) throw new Error('the ids are well-formed');
const hash = new Uint8Array(32);
const author = { replica, writer, clientId: 1 };
const sealed = { header: hash, payload: hash, effects: hash };
const entryAt = (position: number): LogEntry => ({ position, author, seq: position, sealed });
const headAt = (position: number): LogHead => {
  return { log, epoch: 1, position, prefixHash: hash, digest: hash, namedPosition: 0 };
};
const failure = new LogFailure('failed', 'the disk is gone', { retry: true });

const messages = {
  hello: { type: 'hello', protocol: 1, app: 'a', appVersion: 1, replica, token: '' },
  open: { type: 'open', document, known: undefined, vector: [] },
  push: {
    type: 'push',
    document,
    author,
    firstSeq: 1,
    previous: hash,
    changes: [sealed],
    last: hash,
    ifNamedHead: undefined,
  },
  probe: { type: 'probe', nonce: 7 },
  leave: { type: 'leave', document },
} satisfies Record<string, UpMessage>;
type MessageName = keyof typeof messages;

/** `subscription` 1 is the one that the states below made. */
const others = {
  nonsense: { type: 'peerFaulted', session, fault: peerFault('malformed-frame', '') },
  gone: { type: 'sessionClosed', session },
  full: { type: 'sessionBuffered', session, bytes: 300_000 },
  flooded: { type: 'sessionBuffered', session, bytes: 5_000_000 },
  drained: { type: 'sessionDrained', session },
  head: {
    type: 'headLoaded',
    session,
    subscription: 1,
    document,
    head: headAt(1),
    knownHash: undefined,
    vector: [],
  },
  entries: {
    type: 'entriesRead',
    session,
    subscription: 1,
    document,
    entries: [entryAt(1)],
    prefixHash: hash,
  },
  hole: {
    type: 'entriesRead',
    session,
    subscription: 1,
    document,
    entries: [],
    prefixHash: hash,
  },
  loadFailed: { type: 'loadFailed', session, failure },
  appended: {
    type: 'appendAnswered',
    results: [{ type: 'appended', entries: [entryAt(2)], head: headAt(2) }],
  },
  refused: {
    type: 'appendAnswered',
    results: [{ type: 'refused', code: 'gap', seq: 1, expected: 1, head: headAt(1) }],
  },
  appendFailed: { type: 'appendFailed', failure },
  turn: { type: 'turnEnded' },
  silence: { type: 'clockAdvanced' },
  stop: { type: 'stopRequested' },
} satisfies Record<string, RelayInput>;
type InputName = MessageName | keyof typeof others;

/** What leads to each state, from a relay without sessions. */
const opened = ['accept', 'hello', 'open'] as const;
const states = {
  unknown: [],
  waiting: ['accept'],
  greeted: ['accept', 'hello'],
  opening: opened,
  reading: [...opened, 'head'],
  live: [...opened, 'head', 'entries'],
  behind: [...opened, 'head', 'entries', 'full'],
  gathering: [...opened, 'head', 'entries', 'push'],
  appending: [...opened, 'head', 'entries', 'push', 'turn'],
  stopping: [...opened, 'head', 'entries', 'push', 'turn', 'stop'],
  stopped: [...opened, 'head', 'entries', 'stop'],
} satisfies Record<string, readonly (InputName | 'accept')[]>;
type StateName = keyof typeof states;

/** A session that is not known, or not known any more. */
const unknown: Record<InputName, string> = {
  hello: '',
  open: '',
  push: '',
  probe: '',
  leave: '',
  nonsense: '',
  gone: '',
  full: '',
  flooded: '',
  drained: '',
  head: '',
  entries: '',
  hole: '',
  loadFailed: 'reportFailure',
  appended: '',
  refused: '',
  appendFailed: 'reportFailure',
  turn: '',
  silence: '',
  stop: 'stopped',
};
/** What ends any session. */
const known: Record<InputName, string> = {
  ...unknown,
  nonsense: '!4400',
  flooded: '!4500',
  loadFailed: 'reportFailure !1011',
  silence: '!4500',
  stop: '!1012 stopped',
};
const greeted: Record<InputName, string> = {
  ...known,
  hello: '!4400',
  open: 'loadHead',
  push: '!4405',
  probe: 'echo',
};
const subscribed: Record<InputName, string> = { ...greeted, push: '' };

const table: Record<StateName, Record<InputName, string>> = {
  unknown,
  waiting: {
    ...known,
    hello: 'welcome',
    open: '!4404',
    push: '!4404',
    probe: '!4404',
    leave: '!4404',
    silence: '!4500',
  },
  greeted,
  opening: { ...subscribed, head: 'opened read' },
  reading: { ...subscribed, entries: 'entries', hole: '!1011' },
  live: subscribed,
  behind: subscribed,
  gathering: {
    ...subscribed,
    appended: 'append',
    refused: 'append',
    appendFailed: 'reportFailure append',
    turn: 'append',
    stop: 'append',
  },
  appending: {
    ...subscribed,
    appended: 'entries',
    refused: 'push-refused',
    appendFailed: 'reportFailure push-refused',
    stop: '',
  },
  stopping: {
    ...known,
    appended: 'entries !1012 stopped',
    refused: 'push-refused !1012 stopped',
    appendFailed: 'reportFailure push-refused !1012 stopped',
    stop: '',
  },
  stopped: { ...unknown, stop: '' },
};

test.for(Object.keys(states) as StateName[])('every input in the state %s', (state) => {
  const names = Object.keys(table[state]) as InputName[];
  expect(Object.fromEntries(names.map((name) => [name, run(state, name)]))).toEqual(table[state]);
});

function inputNamed(name: InputName | 'accept'): RelayInput {
  if (name === 'accept') return { type: 'sessionOpened', session, privilege: 'peer' };
  if (name in messages) {
    return { type: 'messageReceived', session, message: messages[name as MessageName] };
  }
  return others[name as keyof typeof others];
}

function run(state: StateName, input: InputName): string {
  const relay = createRelayState({ limits: defaultLimits, auditors: 'nobody' });
  const take = (name: InputName | 'accept', monotonicMs: number): readonly RelayEffect[] =>
    stepRelay(relay, inputNamed(name), { monotonicMs, wallMs: 0, random: 0 });
  for (const name of states[state]) take(name, 0);
  // The machine's own wish for the clock, as the driver would follow it.
  if (input === 'silence') relay.wakeMs = 61_000;
  return take(input, input === 'silence' ? 61_000 : 0)
    .map(nameEffect)
    .filter(Boolean)
    .join(' ');
}

function nameEffect(effect: RelayEffect): string {
  switch (effect.type) {
    case 'send':
      return effect.message.type === 'fault' ? '' : effect.message.type;
    case 'closeSession':
      return `!${effect.closeStatus}`;
    case 'wakeAt':
      return '';
    default:
      return effect.type;
  }
}
