// What can be wrong with what the audit found: operations that stand or not, and violations.
import type {
  CaseId,
  Fact,
  OperationId,
  OperationSummary,
  RefusedFact,
  ViolationFact,
} from '@causeway/core';
import type { CheckName } from '@causeway/testkit';
import type { Mutation } from './log-mutations.ts';
import type { Log, Mutate } from './mutate-log.ts';
import {
  addFact,
  changeFact,
  changeFacts,
  factsOf,
  headerOf,
  isRefusedOperation,
  kindOf,
} from './mutate-log.ts';
import { must } from './small-log.ts';

type Violation = Partial<ViolationFact>;

/** A mutation of the first violation for which `change` says what is different. */
function violation(
  name: string,
  caughtBy: CheckName,
  change: (fact: ViolationFact, log: Log) => Violation | undefined,
): Mutation {
  const mutate: Mutate = (log) =>
    changeFact(log, (fact) => {
      const different = fact.fact === 'violation' ? change(fact, log) : undefined;
      return different && fact.fact === 'violation' ? [{ ...fact, ...different }] : undefined;
    });
  return { name, caughtBy, mutate };
}

/** The same, of what the fact says of its trigger. */
function quote(name: string, change: (summary: OperationSummary) => Partial<OperationSummary>) {
  return violation(name, 'quote', ({ trigger }) => ({
    trigger: { ...trigger, ...change(trigger) },
  }));
}

export const violationMutations: readonly Mutation[] = [
  {
    name: 'a violation is dropped',
    caughtBy: 'violation',
    mutate: (log) => changeFact(log, (fact) => (fact.fact === 'violation' ? [] : undefined)),
  },
  {
    name: 'a violation is told twice',
    caughtBy: 'once',
    mutate: (log) =>
      changeFact(log, (fact) => (fact.fact === 'violation' ? [fact, fact] : undefined)),
  },
  {
    name: 'two violations have one id',
    caughtBy: 'once',
    mutate(log) {
      const [first] = violationsOf(log);
      return changeFact(log, (fact) =>
        fact.fact === 'violation' && first && fact.id !== first.id
          ? [{ ...fact, id: first.id }]
          : undefined,
      );
    },
  },
  violation('from is wrong', 'from', ({ from }) => ({ from: from + 1 })),
  violation('to is wrong', 'to', ({ to }) => ({ to: to - 1 })),
  violation('the position is wrong', 'trigger-position', ({ position }) => ({
    position: position + 1,
  })),
  violation('the fault is turned round', 'fault', ({ fault }) => ({
    fault: fault === 'local' ? 'concurrent' : 'local',
  })),
  violation('the key is another one', 'violation', () => ({ key: 'nobody' })),
  violation('somebody else is the trigger', 'violation', ({ trigger }, log) => {
    const other = summariesOf(log).find(({ id }) => id !== trigger.id);
    return other && { trigger: other };
  }),
  violation('a participant is missing', 'participants', ({ participants }) =>
    participants.length > 1 ? { participants: participants.slice(1) } : undefined,
  ),
  violation('the trigger is no participant', 'participants', ({ participants }) => ({
    participants: participants.slice(0, -1),
  })),
  violation('participants are swapped', 'participants', ({ participants }) =>
    participants.length > 1 ? { participants: participants.toReversed() } : undefined,
  ),
  violation('somebody takes part who had nothing to do with it', 'participants', (fact, log) => {
    const has = (id: OperationId) => fact.participants.some((one) => one.id === id);
    const other = summariesOf(log).find(({ id }) => !has(id));
    return other && { participants: [other, ...fact.participants] };
  }),
  {
    name: 'nobody says what is possible',
    caughtBy: 'possible',
    mutate: (log) => changeFact(log, (fact) => (fact.fact === 'possible' ? [] : undefined)),
  },
  {
    name: 'what is possible is worse than it could be',
    caughtBy: 'possible',
    mutate: (log) =>
      changeFact(log, (fact) =>
        fact.fact === 'possible' ? [{ ...fact, to: fact.to + 1 }] : undefined,
      ),
  },
  {
    name: 'somebody takes no part in what is possible',
    caughtBy: 'participants',
    mutate: (log) =>
      changeFact(log, (fact) =>
        fact.fact === 'possible' && fact.participants.length > 1
          ? [{ ...fact, participants: fact.participants.slice(1) }]
          : undefined,
      ),
  },
  quote('the arguments are others', () => ({ args: { cents: 0 } })),
  quote('the mode is another one', ({ mode }) => ({
    mode: mode === 'connected' ? 'partitioned' : 'connected',
  })),
  quote('the time is another one', ({ wallMs }) => ({ wallMs: wallMs + 1 })),
  quote('the user is another one', () => ({ user: 'mallory' })),
  quote('nothing was externalised, or something', ({ externalised }) => ({
    externalised: !externalised,
  })),
];

const refusal = (operation: OperationId, reason: string): Fact => ({
  ...{ fact: 'refused', code: 'requires' },
  operation,
  reason,
});

/** Not what the engine asked for itself, nor what there were no rights for. */
function isRefusedByRule(fact: Fact): fact is RefusedFact {
  return fact.fact === 'refused' && fact.code === 'requires';
}

export const verdictMutations: readonly Mutation[] = [
  {
    name: 'a refusal is dropped',
    caughtBy: 'refused',
    mutate: (log) => changeFact(log, (fact) => (isRefusedOperation(log, fact) ? [] : undefined)),
  },
  {
    name: 'a refusal has another reason',
    caughtBy: 'refused',
    mutate: (log) =>
      changeFact(log, (fact) =>
        isRefusedByRule(fact) ? [refusal(fact.operation, 'the weather')] : undefined,
      ),
  },
  {
    name: 'a refusal is told twice',
    caughtBy: 'once',
    mutate: (log) => changeFact(log, (fact) => (isRefusedByRule(fact) ? [fact, fact] : undefined)),
  },
  {
    name: 'the wrong operation is refused',
    caughtBy: 'refused',
    mutate: (log) => addFact(log, refusal(firstOperation(log), 'taken')),
  },
  {
    name: 'a kept operation is refused',
    caughtBy: 'refused',
    mutate: (log) =>
      changeFact(log, (fact) =>
        fact.fact === 'stale' ? [refusal(fact.operation, fact.reason)] : undefined,
      ),
  },
  {
    name: 'a refused operation is called stale only',
    caughtBy: 'stale',
    mutate: (log) =>
      changeFact(log, (fact) => {
        if (!isRefusedByRule(fact)) return undefined;
        return [{ fact: 'stale', operation: fact.operation, reason: fact.reason }];
      }),
  },
  {
    name: 'nobody says that an operation is stale',
    caughtBy: 'stale',
    mutate: (log) => changeFact(log, (fact) => (fact.fact === 'stale' ? [] : undefined)),
  },
  {
    name: 'honest entries are called forged',
    caughtBy: 'no-forgery',
    mutate: (log) =>
      addFact(log, { fact: 'forged-entry', position: 1, root: 'balance', entry: 'x' }),
  },
];

const stranger = 'k:stranger' as CaseId;

export const caseIdMutations: readonly Mutation[] = [
  {
    name: 'the second violation of a run has a case of its own',
    caughtBy: 'one-run',
    mutate: (log) =>
      changeFact(log, (fact) =>
        fact.fact === 'violation' && fact.from > 0 ? [{ ...fact, case: stranger }] : undefined,
      ),
  },
  {
    name: 'two runs have one case',
    caughtBy: 'one-run',
    mutate(log) {
      const [first] = violationsOf(log);
      return changeFact(log, (fact) =>
        fact.fact === 'violation' && first && fact.case !== first.case && fact.from === 0
          ? [{ ...fact, case: first.case }]
          : undefined,
      );
    },
  },
  {
    name: 'a case is closed that nothing opened',
    caughtBy: 'case-first',
    mutate: (log) => addFact(log, { fact: 'case', id: stranger, state: 'healed', deficit: 0 }),
  },
  {
    name: 'a violation is told after its case was mended',
    caughtBy: 'case-first',
    mutate(log) {
      const result = log.find((entry) => kindOf(entry) === 'result');
      const args =
        result &&
        headerOf(result)
          .operation?.id.slice(2)
          .replace(/:[a-z]+$/, '');
      const moved: Fact[] = [];
      let without: Log | undefined = log;
      for (let next: Log | undefined = log; next; ) {
        without = next;
        next = changeFact(next, (fact) => {
          if (fact.fact !== 'violation' || fact.case !== args) return undefined;
          moved.push(fact);
          return [];
        });
      }
      if (moved.length === 0) return undefined;
      const last = without.findLast((entry) => kindOf(entry) === 'coordination');
      return changeFacts(without, (facts, at) => (at === last ? [...moved, ...facts] : undefined));
    },
  },
];

function violationsOf(log: Log): readonly ViolationFact[] {
  const facts = log.flatMap((entry) => (kindOf(entry) === 'coordination' ? factsOf(entry) : []));
  return facts.filter((fact) => fact.fact === 'violation');
}

function summariesOf(log: Log): readonly OperationSummary[] {
  return violationsOf(log).flatMap(({ participants }) => participants);
}

function firstOperation(log: Log): OperationId {
  const first = must(log.find((entry) => kindOf(entry) === 'operation'));
  return must(headerOf(first).operation).id;
}

/** What can be wrong with remarks on operations that stand. */
export const remarkMutations: readonly Mutation[] = (['duplicate', 'overwritten'] as const).flatMap(
  (kind): readonly Mutation[] => [
    {
      name: `that something is ${kind} is dropped`,
      caughtBy: kind,
      mutate: (log) => changeFact(log, (fact) => (fact.fact === kind ? [] : undefined)),
    },
    {
      name: `that something is ${kind} is told twice`,
      caughtBy: kind,
      mutate: (log) => changeFact(log, (fact) => (fact.fact === kind ? [fact, fact] : undefined)),
    },
    {
      name: `the wrong operation is ${kind}`,
      caughtBy: kind,
      mutate: (log) =>
        changeFact(log, (fact) => {
          if (fact.fact === 'duplicate' && kind === 'duplicate') {
            return [{ ...fact, operation: fact.of, of: fact.operation }];
          }
          if (fact.fact !== 'overwritten' || kind !== 'overwritten') return undefined;
          return [{ ...fact, operation: fact.by, by: fact.operation }];
        }),
    },
  ],
);
