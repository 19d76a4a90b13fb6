// Facts come back as they went; what is of another shape is kept out, and takes nothing with it.
import { describe, expect, it } from 'vitest';
import type { Json } from '../bytes/canonical-json.ts';
import { jsonToBytes } from '../bytes/canonical-json.ts';
import type { OperationId, ReplicaId } from '../identity.ts';
import { effectIdOf, parseOperationId, parseReplicaId } from '../identity.ts';
import { primaryRefusals } from '../outcome.ts';
import type { Fact } from './facts.ts';
import { decodeFacts, encodeFacts } from './facts.ts';

const operation: OperationId = parseOperationId('o1') ?? expect.unreachable();
const replica: ReplicaId = parseReplicaId('b'.repeat(32)) ?? expect.unreachable();

const home = { fact: 'home', key: 'seat-1', replica, share: 'exclusive' } as const;
const refused = { fact: 'refused', operation, code: 'requires', reason: 'full' } as const;

const saga: Fact = {
  ...{ fact: 'saga', saga: operation, name: 'trip', args: [1], version: 1, total: 2, plan: 'ab' },
  ...{ replica, user: 'ann', mode: 'connected', wallMs: -1 },
};
const failed = {
  ...({ fact: 'saga-failed', saga: operation, step: 1, deed: 'do' } as const),
  ...({ code: 'requires', reason: 'x' } as const),
};

/** Every form in which the primary says what became of intents and of keys. */
const said: Readonly<Record<string, Fact>> = {
  executed: { fact: 'executed', operation },
  'home exclusive': home,
  'home shared': { ...home, share: 'shared' },
  'home none': { ...home, share: 'none' },
  'home of a key without a name': { ...home, key: '' },
  recall: { fact: 'recall', key: 'seat-1', operation },
  saga,
  'saga step': { fact: 'saga-step', saga: operation, step: 1, deed: 'do' },
  'saga step undone': { fact: 'saga-step', saga: operation, step: 1, deed: 'undo', affected: [] },
  'saga failed': failed,
  'saga moved': { fact: 'saga-moved', saga: operation, state: 'stuck', step: 1, reason: 'x' },
  ...Object.fromEntries(primaryRefusals.map((code) => [`refused ${code}`, { ...refused, code }])),
  'refused with where': { ...refused, code: 'would-violate', invariant: 'covered', key: 'ann' },
  'refused with whose': { ...refused, code: 'not-home', key: 'seat-1', home: replica },
};

const effect = effectIdOf(operation, 0);
const claim = { fact: 'effect-claimed', effect, name: 'mail', token: 'w:1', attempt: 1 } as const;
const answer = { fact: 'effect-answered', effect, token: 'w:1', answer: 'done' } as const;
const drop = { fact: 'effect-dropped', effect, name: 'mail', why: 'refused' } as const;
const lost = { fact: 'history-lost', operation, count: 1, position: 4 } as const;

/** And of effects outside. */
const outside: Readonly<Record<string, Fact>> = {
  claimed: claim,
  done: { ...answer, receipt: { no: [1, null] } },
  ...Object.fromEntries(
    (['failed', 'given-up', 'unknown'] as const).map((one) => [
      one,
      { ...answer, answer: one, reason: 'down' },
    ]),
  ),
  ...Object.fromEntries(
    (['refused', 'withheld', 'invalid', 'undone'] as const).map((why) => [
      `dropped ${why}`,
      { ...drop, why },
    ]),
  ),
  'records lost': lost,
};

const unknownOutside: Readonly<Record<string, Json>> = {
  'a claim of no effect': { ...claim, effect: 'o1' },
  'a claim under an impossible key': { ...claim, effect: 'o 1:0' },
  'a claim without a token': { ...claim, token: undefined },
  'a claim for a part of an attempt': { ...claim, attempt: 0.5 },
  'an answer that nobody knows': { ...answer, answer: 'maybe' },
  'an answer to nothing': { ...answer, token: 7 },
  'an answer for a reason that is no text': { ...answer, reason: {} },
  'dropped for a reason that nobody knows': { ...drop, why: 'mood' },
  'records of nobody': { ...lost, operation: 'a b' },
  'records without a number': { ...lost, count: -1 },
};

const unknown: Readonly<Record<string, Json>> = {
  'executed without an operation': { fact: 'executed' },
  'executed under an impossible id': { fact: 'executed', operation: 'a b' },
  'executed under a number': { fact: 'executed', operation: 1 },
  'home without a key': { ...home, key: undefined },
  'home of a key that is no text': { ...home, key: 1 },
  'home of nobody': { ...home, replica: undefined },
  'home with a share that nobody knows': { ...home, share: 'half' },
  'home with an inherited share': { ...home, share: 'constructor' },
  'home without a share': { ...home, share: undefined },
  'recall without a key': { fact: 'recall', operation },
  'recall for nobody': { fact: 'recall', key: 'seat-1' },
  'recall for an impossible id': { fact: 'recall', key: 'seat-1', operation: '' },
  'refused for a reason that nobody knows': { ...refused, code: 'mood' },
  'refused for a reason that no primary has': { ...refused, code: 'timed-out' },
  'refused without a reason': { ...refused, reason: undefined },
  'refused by a rule that is no text': { ...refused, code: 'would-violate', invariant: 1 },
  'refused at a key that is no text': { ...refused, code: 'not-home', key: null },
  'refused with a home that is no text': { ...refused, code: 'not-home', home: [] },
  'saga under an impossible id': { ...(saga as object), saga: 'a b' },
  'saga with half a step': { ...(saga as object), total: 1.5 },
  'saga step that is neither': { fact: 'saga-step', saga: operation, step: 1, deed: 'redo' },
  'saga step that affected nobody knows what': {
    ...{ fact: 'saga-step', saga: operation, step: 1, deed: 'undo', affected: [operation] },
  },
  'saga failed for a reason that nobody knows': { ...failed, code: 'mood' },
  'saga moved to nowhere': { fact: 'saga-moved', saga: operation, state: 'sideways' },
  'a kind that nobody knows': { fact: 'later', operation },
  'an inherited kind': { fact: 'toString' },
  'no kind': { operation },
  'no object': [home as unknown as Json],
};

describe('facts', () => {
  it.each(Object.entries({ ...said, ...outside }))('come back as they went: %s', (_, fact) => {
    expect(decodeFacts(encodeFacts([fact]))).toStrictEqual([fact]);
    expect(decodeFacts(encodeFacts([fact]))).toStrictEqual([fact]);
  });

  it.each(Object.entries({ ...unknown, ...unknownOutside }))(
    'of another shape are kept out: %s',
    (_, json) => {
      const around = [said['executed'] ?? home, json, home];
      expect(decodeFacts(jsonToBytes(around))).toStrictEqual([said['executed'], home]);
    },
  );

  it('are none at all where there is no list of them', () => {
    for (const json of [null, {}, 'x', { 0: home, length: 1 }]) {
      expect(decodeFacts(jsonToBytes(json))).toBeUndefined();
    }
    expect(decodeFacts(new Uint8Array(0))).toBeUndefined();
  });
});
