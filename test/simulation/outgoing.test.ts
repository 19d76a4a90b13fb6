// What will be sent, what waits, and what would be lost: compared with what then really arrives.
import type { DelayedOperation, OperationId, ReplicaState } from '@causeway/core';
import {
  closeRiskOf,
  keyStatus,
  operationStatus,
  outgoing,
  uncommittedUpdates,
} from '@causeway/core';
import { expect, test } from 'vitest';
import { account } from '../scenarios/bank.ts';
import { stateOf } from '../scenarios/stage.ts';
import { openBank, rest } from './surface-stage.ts';

test('waiting intents appear as delayed wherever they are given', async () => {
  const stage = await openBank();
  const { a } = stage;
  const state = stateOf(stage, a);
  const id = 'waiting' as OperationId;
  const args = { account, amount: 1 };
  const delayed: readonly DelayedOperation[] = [{ id, name: 'pay', args, subjects: [account] }];
  expect(operationStatus(state, id, delayed)).toBe('delayed');
  expect(keyStatus(state, { root: 'balance', key: account }, delayed)).toEqual({
    ...{ status: 'delayed', operations: [id], cases: [] },
  });
  expect(outgoing(state, delayed).delayed).toEqual(delayed);
  const byA = await stage.run(a, 'deposit', args);
  await rest(stage);
  const known = [{ ...delayed[0], id: byA as OperationId }] as readonly DelayedOperation[];
  expect(operationStatus(state, byA as OperationId, known)).toBe('confirmed');
});

test('the preview counts what then really arrives', async () => {
  const stage = await openBank();
  const { a } = stage;
  const before = (await stage.world.history()).length;
  await stage.cut(a);
  const long = 'x'.repeat(200);
  await stage.run(a, 'deposit', { account, amount: 1 });
  await stage.run(a, 'cheque', { account, amount: 2, number: long });
  await stage.run(a, 'deposit', { account, amount: 3 });
  a.handle.doc.getText('note').insert(0, 'hello');
  const preview = a.handle.outgoing();
  expect(preview.operations.map(({ name, count }) => [name, count])).toEqual([
    ['deposit', 2],
    ['cheque', 1],
  ]);
  expect(preview.operations[0]?.operations[0]?.args).toBe('{"account":"ann","amount":1}');
  expect(preview.operations[1]?.operations[0]?.args).toMatch(/^.{79}…$/);
  expect(preview).toMatchObject({ changes: 4, edits: { changes: 1 }, held: { changes: 0 } });
  await stage.world.advance(100);
  const sealed = a.handle.outgoing();
  await stage.heal(a);
  await rest(stage);
  const sent = (await stage.world.history()).slice(before).filter(({ author }) => {
    return author.replica === stateOf(stage, a).author.replica;
  });
  const bytes = sent.map(({ sealed: { header, payload, effects } }) => {
    return header.length + payload.length + effects.length;
  });
  expect(sent).toHaveLength(sealed.changes);
  expect(bytes.reduce((total, one) => total + one, 0)).toBe(sealed.bytes);
  expect(a.handle.outgoing()).toMatchObject({ changes: 0, bytes: 0, operations: [] });
});

test('what the log has is neither sent, nor tentative, nor at risk, though this device stores it only now', async () => {
  const stage = await openBank();
  const { a } = stage;
  await stage.cut(a);
  await stage.run(a, 'deposit', { account, amount: 1 });
  const state = stateOf(stage, a);
  const committed = [...state.queue].map(([key, one]) => [key, { ...one, position: 9 }] as const);
  const known: ReplicaState = { ...state, queue: new Map(committed) };
  const said = (one: ReplicaState) => [
    outgoing(one).changes,
    uncommittedUpdates(one).length,
    closeRiskOf(one),
  ];
  expect(said(state)).toEqual([1, 1, 'unsent']);
  expect(said({ ...state, strength: 'memory' })).toEqual([1, 1, 'unsaved']);
  expect(said(known)).toEqual([0, 0, 'nothing']);
});

test('what the relay will not take holds back what its writer did after it', async () => {
  const stage = await openBank();
  const { a } = stage;
  await stage.cut(a);
  await stage.run(a, 'deposit', { account, amount: 1 });
  await stage.run(a, 'cheque', { account, amount: 2, number: 'x'.repeat(1_000) });
  await stage.run(a, 'deposit', { account, amount: 3 });
  const state = stateOf(stage, a);
  const narrow: ReplicaState = { ...state, link: { ...state.link, changeBytesMax: 1_000 } };
  const held = outgoing(narrow);
  expect([held.changes, held.held.changes]).toEqual([1, 2]);
  expect(held.bytes + held.held.bytes).toBe(outgoing(state).bytes);
  const writer = state.author.writer;
  const lost: ReplicaState = { ...state, lost: new Map([[writer, { seq: 3, code: 'damaged' }]]) };
  expect([outgoing(lost).changes, outgoing(lost).held.changes]).toEqual([2, 1]);
});
