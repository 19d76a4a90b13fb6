// What counts of what is said of an effect: the answer to the last claim, once; nothing after the end.
import { describe, expect, it } from 'vitest';
import { bytesToJson, jsonToBytes } from '../bytes/canonical-json.ts';
import type { OperationId } from '../identity.ts';
import { effectIdOf, isEffectId, operationOfEffect, parseOperationId } from '../identity.ts';
import type { EffectAnsweredFact, OutboxFact } from './outbox-facts.ts';
import type { OutboxFold } from './outbox-fold.ts';
import {
  emptyOutboxFold,
  foldOutboxFact,
  outboxEntries,
  outboxEntry,
  outboxFromJson,
  outboxToJson,
} from './outbox-fold.ts';

const operation: OperationId = parseOperationId('c:k:one:restore') ?? expect.unreachable();
const effect = effectIdOf(operation, 0);
const name = 'charge';

const claimed = (attempt: number): OutboxFact => ({
  ...{ fact: 'effect-claimed', effect, name, token: `w:${attempt}`, attempt },
});
const answered = (attempt: number, answer: EffectAnsweredFact['answer']): OutboxFact => ({
  ...{ fact: 'effect-answered', effect, token: `w:${attempt}`, answer },
});
const dropped: OutboxFact = { fact: 'effect-dropped', effect, name, why: 'withheld' };

function foldOf(...facts: readonly OutboxFact[]): OutboxFold {
  const fold = emptyOutboxFold();
  for (const fact of facts) foldOutboxFact(fold, fact);
  return fold;
}
const stateOf = (...facts: readonly OutboxFact[]) => outboxEntry(foldOf(...facts), effect);

describe('an effect', () => {
  it('is named by its operation, whatever that is named', () => {
    expect(operationOfEffect(effect)).toBe(operation);
    expect(isEffectId(effect)).toBe(true);
    for (const text of ['o1', 'o1:', 'o1:01', 'o1:-1', 'o 1:0', ':0', `o1:${'9'.repeat(10)}`]) {
      expect(isEffectId(text)).toBe(false);
    }
  });

  it('is claimed, fails, is claimed again, is done', () => {
    const life = [claimed(1), answered(1, 'failed'), claimed(2), answered(2, 'done')];
    const states = life.map((_, index) => stateOf(...life.slice(0, index + 1))?.state);
    expect(states).toEqual(['claimed', 'waiting', 'claimed', 'done']);
    expect(stateOf(...life)).toMatchObject({ attempt: 2, token: 'w:2' });
  });

  it.each(['done', 'failed', 'given-up', 'unknown'] as const)(
    'keeps its claim when an earlier one is answered: %s',
    (answer) => {
      const fold = foldOf(claimed(1), claimed(2), answered(1, answer));
      expect(outboxEntry(fold, effect)).toMatchObject({ state: 'claimed', token: 'w:2' });
    },
  );

  it.each([answered(1, 'done'), answered(1, 'given-up'), answered(1, 'unknown')])(
    'is over after $answer',
    (end) => {
      const over = stateOf(claimed(1), end);
      const more = [claimed(2), answered(1, 'failed'), dropped];
      expect(stateOf(claimed(1), end, ...more)).toEqual(over);
    },
  );

  it('is dropped only where it was never tried', () => {
    expect(stateOf(dropped)).toMatchObject({ state: 'dropped', why: 'withheld', attempt: 0 });
    expect(stateOf(dropped, claimed(1))?.state).toBe('dropped');
    expect(stateOf(claimed(1), dropped)?.state).toBe('claimed');
    expect(stateOf(claimed(1), answered(1, 'failed'), dropped)?.state).toBe('waiting');
  });

  it('that was never claimed is answered by nobody', () => {
    expect(stateOf(answered(1, 'done'))).toBeUndefined();
  });
});

describe('the fold', () => {
  const other = { ...dropped, effect: effectIdOf(operation, 11) } as const;
  const third = { ...dropped, effect: effectIdOf(operation, 2) } as const;
  const lost = { fact: 'history-lost', operation, count: 2, position: 4 } as const;
  const whole = foldOf(other, claimed(1), answered(1, 'done'), third, lost);

  it('lists the effects of an operation in their order', () => {
    const indexes = outboxEntries(whole, operation).map((entry) => entry.effect.split(':').at(-1));
    expect(indexes).toEqual(['0', '2', '11']);
  });

  it('is as it was through a snapshot, also where there is none', () => {
    const json = bytesToJson(jsonToBytes(outboxToJson(whole)));
    expect(outboxFromJson(json)).toStrictEqual(whole);
    expect(outboxToJson(emptyOutboxFold())).toBeUndefined();
    expect(outboxFromJson(undefined)).toStrictEqual(emptyOutboxFold());
  });

  it('knows the first that was said of a loss', () => {
    foldOutboxFact(whole, { ...lost, count: 9 });
    expect(whole.lostByOperation.get(operation)).toEqual(lost);
  });
});
