// Whose pushes may say what an audit found, and on what condition.
import { parseDocumentId, parseReplicaId, parseWriterId } from '@causeway/core';
import type { DownMessage, Push, UpMessage } from '@causeway/protocol';
import { protocolVersion } from '@causeway/protocol';
import { expect, test } from 'vitest';
import { defaultLimits } from '../limits.ts';
import { type Auditors, createRelayState } from '../relay-state.ts';
import { stepRelay } from '../step-relay.ts';

const id = '1'.repeat(32);
const document = parseDocumentId('a') ?? expect.unreachable();
const replica = parseReplicaId(id) ?? expect.unreachable();
const author = { writer: parseWriterId(id) ?? expect.unreachable(), replica, clientId: 1 };
const moment = { monotonicMs: 0, wallMs: 0, random: 0 };
const hash = new Uint8Array(32);
const hello: UpMessage = {
  ...{ type: 'hello', protocol: protocolVersion, app: 'a', appVersion: 1, replica, token: '' },
};

/** What a client's push comes to: the request that reaches the log, or what the client is told. */
function pushAt(auditors: Auditors, ifNamedHead: number | undefined) {
  const state = createRelayState({ limits: defaultLimits, auditors });
  const sealed = { header: hash, payload: hash, effects: new Uint8Array(0) };
  const chain = { firstSeq: 1, previous: hash, changes: [sealed], last: hash };
  const push: Push = { type: 'push', document, author, ...chain, ifNamedHead };
  const open: UpMessage = { type: 'open', document, known: undefined, vector: [] };
  const opened = { type: 'sessionOpened', session: 1, privilege: 'peer' } as const;
  const effects = [
    ...stepRelay(state, opened, moment),
    ...[hello, open, push].flatMap((message) =>
      stepRelay(state, { type: 'messageReceived', session: 1, message }, moment),
    ),
    ...stepRelay(state, { type: 'turnEnded' }, moment),
  ];
  const told = effects.flatMap((one): DownMessage[] => (one.type === 'send' ? [one.message] : []));
  const requests = effects.flatMap((one) => (one.type === 'append' ? one.requests : []));
  const welcome = told.find((message) => message.type === 'welcome');
  const refusal = told.find((message) => message.type === 'push-refused');
  return { isAudited: welcome?.hasPrimary, requests, refused: refusal?.code };
}

test('where clients audit, what they push on a condition is taken as the primary’s', () => {
  const { requests, isAudited, refused } = pushAt('clients', 0);
  expect({ isAudited, refused }).toEqual({ isAudited: true, refused: undefined });
  expect(requests).toMatchObject([{ isPrimary: true, ifNamedHead: 0 }]);
});

test('where clients audit, what comes without a condition has no privilege', () => {
  const { requests, refused } = pushAt('clients', undefined);
  expect(refused).toBeUndefined();
  expect(requests).toMatchObject([{ isPrimary: false, ifNamedHead: undefined }]);
});

test('where the primary audits, or nobody, a client may name no condition', () => {
  for (const auditors of ['primary', 'nobody'] as const) {
    const { requests, isAudited, refused } = pushAt(auditors, 0);
    expect({ requests, refused }).toEqual({ requests: [], refused: 'not-permitted' });
    expect(isAudited).toBe(auditors === 'primary');
  }
});
