// What can be wrong with sagas in a log.
import type { Fact } from '@causeway/core';
import { parseOperationId } from '@causeway/core';
import type { Mutation } from './log-mutations.ts';
import type { Log } from './mutate-log.ts';
import { changeEntry, changeFact, entryOf, headerOf, withHeader } from './mutate-log.ts';
import { must } from './small-log.ts';

const stranger = must(parseOperationId('d'.repeat(32)));
const stepId = /^s:.+:\d+:(?:do|undo)$/;

export const sagaMutations: readonly Mutation[] = [
  {
    name: 'a saga begins that nobody asked for',
    caughtBy: 'saga-step',
    mutate: (log) =>
      changeFact(log, (fact) => (fact.fact === 'saga' ? [{ ...fact, saga: stranger }] : undefined)),
  },
  {
    name: 'a step is skipped',
    caughtBy: 'saga-step',
    mutate: (log) => renamed(log, /:1:do$/, ':2:do'),
  },
  {
    name: 'steps are undone from the first one on',
    caughtBy: 'saga-step',
    mutate: (log) => renamed(log, /:[2-9]:undo$/, ':1:undo'),
  },
  {
    name: 'a step does what another one does',
    caughtBy: 'saga-step',
    mutate: (log) =>
      changeEntry(log, (entry, header) => {
        const { operation } = header;
        if (!operation || !stepId.test(operation.id) || operation.name === 'note') return undefined;
        return withHeader(entry, { ...header, operation: { ...operation, name: 'note' } });
      }),
  },
  {
    name: 'a step is said to fail that could be done',
    caughtBy: 'saga-step',
    mutate: (log) =>
      changeFact(log, (fact) =>
        fact.fact === 'saga-failed' && fact.code === 'requires'
          ? [{ ...fact, reason: 'the weather' }]
          : undefined,
      ),
  },
  {
    name: 'a saga turns back without any reason',
    caughtBy: 'saga-turn',
    mutate: (log) =>
      changeFact(log, (fact) =>
        fact.fact === 'saga' && !isAborted(log)
          ? [fact, { fact: 'saga-moved', saga: fact.saga, state: 'backward' }]
          : undefined,
      ),
  },
  {
    name: 'a saga is called done before it is',
    caughtBy: 'saga-turn',
    mutate: (log) =>
      changeFact(log, (fact) =>
        fact.fact === 'saga' && fact.total > 0
          ? [fact, { fact: 'saga-moved', saga: fact.saga, state: 'done' }]
          : undefined,
      ),
  },
  {
    name: 'a saga that is to be undone goes on',
    caughtBy: 'saga-turn',
    mutate: (log) =>
      changeFact(log, (fact) =>
        fact.fact === 'saga-moved' && fact.reason === 'aborted' ? [] : undefined,
      ),
  },
  {
    name: 'who used what was undone is not told of',
    caughtBy: 'saga-affected',
    mutate: (log) =>
      changeFact(log, (fact) =>
        isListedBySupply(log, fact) ? [withoutAffected(fact)] : undefined,
      ),
  },
  {
    name: 'somebody is said to be affected who came before',
    caughtBy: 'saga-affected',
    mutate: (log) =>
      changeFact(log, (fact) => {
        if (fact.fact !== 'saga-step' || !fact.affected) return undefined;
        const affected = fact.affected.map((one) => ({ ...one, id: stranger }));
        return [{ ...fact, affected }];
      }),
  },
  {
    name: 'a saga is left on its way',
    caughtBy: 'saga-end',
    mutate: (log) =>
      changeFact(log, (fact) =>
        fact.fact === 'saga-moved' && (fact.state === 'done' || fact.state === 'undone')
          ? []
          : undefined,
      ),
  },
];

function renamed(log: Log, from: RegExp, to: string): Log | undefined {
  return changeEntry(log, (entry, header) => {
    const { operation } = header;
    if (!operation || !stepId.test(operation.id) || !from.test(operation.id)) return undefined;
    const id = must(parseOperationId(operation.id.replace(from, to)));
    return withHeader(entry, { ...header, operation: { ...operation, id } });
  });
}

/** Aborted is one that any request of the log names; to be safe, that comes with any at all. */
function isAborted(log: Log): boolean {
  return log.some((entry) => headerOf(entry).operation?.name === 'causeway.abort-saga');
}

/** Of a note the model knows a key that only its booking has. */
function isListedBySupply(log: Log, fact: Fact): boolean {
  if (fact.fact !== 'saga-step') return false;
  return (fact.affected ?? []).some(({ id, name }) => {
    return name !== 'note' && entryOf(log, 'operation', id) !== undefined;
  });
}

function withoutAffected(fact: Fact): Fact {
  return fact.fact === 'saga-step' ? { ...fact, affected: [] } : fact;
}
