// Fixed samples of effects: what an operation records of them, and what is said of those at the primary.
import type { EffectId, Fact } from '@causeway/core';
import { parseOperationId } from '@causeway/core';
import { known, writerA } from './golden-messages.ts';

/** Whose effects they are. */
export const operationId = known(parseOperationId('00112233445566778899aabbccddeeff'));
const effect = `${operationId}:0` as EffectId;
const answered = { fact: 'effect-answered', effect, token: `${writerA}:3` } as const;

/** What coordination entries say of effects at the primary. In no snapshot that is kept here. */
export const goldenOutboxFacts: Readonly<Record<string, Fact>> = {
  'fact-effect-claimed': {
    ...{ fact: 'effect-claimed', effect, name: 'charge', token: `${writerA}:3`, attempt: 1 },
  },
  'fact-effect-done': { ...answered, answer: 'done', receipt: { number: 7, note: 'é' } },
  'fact-effect-failed': { ...answered, answer: 'failed', reason: 'no answer within 30000 ms' },
  'fact-effect-given-up': { ...answered, answer: 'given-up', reason: 'down' },
  'fact-effect-unknown': { ...answered, answer: 'unknown', reason: 'down' },
  'fact-effect-dropped': { fact: 'effect-dropped', effect, name: 'charge', why: 'withheld' },
  'fact-history-lost': { fact: 'history-lost', operation: operationId, count: 2, position: 9 },
};

/** Effect records of a change. */
export const goldenEffects = [
  { index: 0, name: 'dispense', payload: { cents: 1250, note: 'Zoë' } },
  { index: 1, name: 'print', payload: undefined },
];
