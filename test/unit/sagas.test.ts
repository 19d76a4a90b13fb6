// Sagas without a log: what is refused at start-up and before one begins, what its steps are called, and
// what may leave while nobody knows yet whether they stay.
import type { Fact, OperationId, SagaFact } from '@causeway/core';
import {
  defineApp,
  emptyFold,
  foldFact,
  foldFromJson,
  foldToJson,
  isInOpenSaga,
  isUndone,
  outcomeOf,
  parseOperationId,
  parseReplicaId,
  parseSagaStepId,
  safe,
  sagaStepId,
} from '@causeway/core';
import { counter, yjs } from '@causeway/yjs';
import * as v from 'valibot';
import { describe, expect, it } from 'vitest';

const start = defineApp({
  name: 'd',
  version: 1,
  document: yjs((doc) => ({ n: counter(doc, 'n') })),
}).operations({
  add: { args: v.object({ by: v.number() }), run: (doc, a) => doc.n.add('k', a.by) },
});
const args = v.object({});

describe('start-up', () => {
  it('names each saga that cannot be used', () => {
    const bad = {
      'a.b': { args, steps: () => [] },
      add: { args, steps: () => [] },
      bare: { steps: [] },
    };
    const app = () =>
      start
        .sagas(bad as never)
        .invariants({})
        .policy({ add: {} });
    expect(app).toThrow(
      [
        'saga "a.b": names with a "." are the engine\'s own',
        'saga "add": an operation has this name, too',
        'saga "bare": args must be a schema (Standard Schema)',
        'saga "bare": steps must be a function of its args',
      ].join('; '),
    );
  });

  it('lets the compiler refuse a step that is no operation, or has other arguments', () => {
    start.sagas({
      good: { args, steps: () => [{ run: ['add', { by: 1 }], undo: ['add', { by: -1 }] }] },
    });
    // @ts-expect-error there is no such operation
    start.sagas({ bad: { args, steps: () => [{ run: ['sub', { by: 1 }] }] } });
    // @ts-expect-error `by` is a number
    start.sagas({ bad: { args, steps: () => [{ run: ['add', { by: '1' }] }] } });
    expect(start.invariants({}).policy({ add: {} }).definition.sagas).toEqual({});
    expect(safe().kind).toBe('safe');
  });
});

const saga: OperationId = parseOperationId('o1') ?? expect.unreachable();
const begun: SagaFact = {
  ...{ fact: 'saga', saga, name: 'trip', args: null, version: 1, total: 3, plan: 'ab' },
  ...{ replica: parseReplicaId('b'.repeat(32)) ?? expect.unreachable(), user: 'ann' },
  ...{ mode: 'connected', wallMs: 0 },
};
const did = (step: number): Fact => ({ fact: 'saga-step', saga, step, deed: 'do' });
const undid = (step: number): Fact => ({ fact: 'saga-step', saga, step, deed: 'undo' });
const moved = (state: 'backward' | 'done' | 'undone' | 'stuck', reason = ''): Fact => ({
  ...{ fact: 'saga-moved', saga, state, step: 3, reason },
});

function folded(...facts: readonly Fact[]) {
  const fold = emptyFold();
  for (const fact of [begun, { fact: 'executed', operation: saga } as const, ...facts]) {
    foldFact(fold, fact);
  }
  return foldFromJson(foldToJson(fold)); // As a snapshot keeps it.
}
const step = (n: number, deed: 'do' | 'undo' = 'do') => sagaStepId({ saga, step: n, deed });

describe('the name of a step', () => {
  it('is read back, and nothing else is', () => {
    expect(parseSagaStepId(step(12, 'undo'))).toEqual({ saga, step: 12, deed: 'undo' });
    for (const id of ['s:o1:0:do', 's:o1:1:redo', 's::1:do', 'c:k:restore', 'x:s:o1:1:do']) {
      expect(parseSagaStepId(id as OperationId)).toBeUndefined();
    }
  });
});

describe('what a step recorded for outside', () => {
  const ways: Readonly<Record<string, readonly [fold: ReturnType<typeof folded>, string]>> = {
    'on the way': [folded(did(1), did(2)), 'held held'],
    'all done': [folded(did(1), did(2), did(3), moved('done')), 'free free'],
    'turned back': [folded(did(1), did(2), moved('backward')), 'held held'],
    'one undone': [folded(did(1), did(2), moved('backward'), undid(2)), 'held never'],
    'all undone': [
      folded(did(1), did(2), moved('backward'), undid(1), moved('undone')),
      'never never',
    ],
    stuck: [folded(did(1), did(2), moved('backward'), undid(2), moved('stuck')), 'held never'],
  };

  it.each(Object.entries(ways))('%s', (_, [fold, expected]) => {
    const fate = (id: OperationId): string => {
      if (isUndone(fold, id)) return 'never';
      return isInOpenSaga(fold, id) ? 'held' : 'free';
    };
    expect([1, 2].map((n) => fate(step(n))).join(' ')).toBe(expected);
    expect(fate(step(2, 'undo'))).toBe('free');
    expect(fate(saga)).toBe('free');
  });
});

describe('the outcome of a saga', () => {
  it('is told at its end, with the reason why it turned', () => {
    const outcome = (...facts: readonly Fact[]) => outcomeOf(folded(...facts), saga, 1);
    const back = moved('backward', 'sold-out');
    expect(outcome(did(1))).toBeUndefined();
    expect(outcome(did(1), back)).toBeUndefined();
    expect(outcome(did(1), moved('done'))).toEqual({ type: 'confirmed' });
    const undone = { type: 'refused', code: 'saga-undone', step: 3, reason: 'sold-out' };
    expect(outcome(did(1), back, undid(1), moved('undone'))).toEqual(undone);
    expect(outcome(did(1), back, moved('stuck', 'used'))).toEqual({
      ...{ type: 'refused', code: 'saga-stuck', step: 3, reason: 'used' },
    });
    // Who asks a second time to undo it does not change why it had to be.
    const again = [back, moved('stuck', 'used'), moved('backward', 'aborted'), undid(1)];
    expect(outcome(did(1), ...again, moved('undone'))).toEqual(undone);
    expect(outcome(did(1), moved('done'), back)).toEqual({ type: 'confirmed' });
  });
});
