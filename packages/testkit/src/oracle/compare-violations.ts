// Which commits made a rule worse, by how much, and who explains it? The facts against the model.
import type { OperationSummary, ViolationFact } from '@causeway/core';
import { wrongExplanation } from './compare-explanations.ts';
import type { History, ToldFact } from './history.ts';
import { askerOf } from './history.ts';
import type { CheckName } from './problem.ts';
import { problem } from './problem.ts';
import type { ModelViolation, Replay } from './replay.ts';

/** Every difference, both ways. Cost: O(violations × participants). */
export function compareViolations(history: History, replay: Replay): readonly string[] {
  const told = history.told.filter(isViolation);
  const expected = replay.violations.filter(({ position }) => position <= history.auditedTo);
  const toldByName = new Map(told.map(({ fact }) => [nameOf(fact, fact.trigger.id), fact]));
  const expectedByName = new Map(expected.map((one) => [nameOf(one, one.trigger), one]));
  return [
    ...repeated(told),
    ...told.flatMap(({ fact, at }) => {
      const where = `at ${at.position} ${fact.id}`;
      const model = expectedByName.get(nameOf(fact, fact.trigger.id));
      const wrong = model
        ? [...differences(fact, model), ...unexplained(fact, replay)]
        : [
            problem(
              'violation',
              `${fact.trigger.id} made ${fact.invariant} of ${fact.key} no worse`,
            ),
          ];
      const summaries = [fact.trigger, ...fact.participants];
      return [...wrong, ...summaries.flatMap((one) => misquoted(history, one))].map(
        (sentence) => `${sentence} (${where})`,
      );
    }),
    ...expected
      .filter((one) => !toldByName.has(nameOf(one, one.trigger)))
      .map(({ trigger, position, invariant, key, from, to }) =>
        problem(
          'violation',
          `${trigger} at ${position} made ${invariant} of ${key} worse, ` +
            `from ${from} to ${to}, and nobody says so`,
        ),
      ),
  ];
}

function isViolation(told: ToldFact): told is ToldFact<ViolationFact> {
  return told.fact.fact === 'violation';
}

function nameOf(
  { invariant, key }: { readonly invariant: string; readonly key: string },
  trigger: string,
): string {
  return JSON.stringify([invariant, key, trigger]);
}

function repeated(told: readonly ToldFact<ViolationFact>[]): readonly string[] {
  const seen = new Set<string>();
  return told.flatMap(({ fact, at }) => {
    const names = [`id ${fact.id}`, nameOf(fact, fact.trigger.id)];
    const again = names.filter((name) => seen.has(name));
    for (const name of names) seen.add(name);
    return again.map((name) =>
      problem('once', `at ${at.position} the violation ${name} comes again`),
    );
  });
}

function differences(fact: ViolationFact, model: ModelViolation): readonly string[] {
  const what = `${fact.trigger.id} on ${fact.invariant} of ${fact.key}`;
  const problems: string[] = [];
  const say = (name: CheckName, told: unknown, expected: unknown): void => {
    if (String(told) !== String(expected)) {
      problems.push(problem(name, `${what} says ${told}, the model says ${expected}`));
    }
  };
  say('from', fact.from, model.from);
  say('to', fact.to, model.to);
  say('trigger-position', fact.position, model.position);
  return problems;
}

function unexplained(fact: ViolationFact, replay: Replay): readonly string[] {
  const past = replay.past(fact.trigger.id, fact);
  return past ? wrongExplanation(fact, past) : [];
}
/** An edit states neither who made it, nor when, nor in which mode. */
const ofEdit = {
  ...{ name: 'edit', user: '', wallMs: 0, dedupKey: undefined },
  decision: { mode: 'connected' },
} as const;

/** What a fact says of an operation must be what the log says of it. */
function misquoted(history: History, summary: OperationSummary): readonly string[] {
  const entry = history.entriesById.get(summary.id);
  if (!entry?.named) return [problem('quote', `there is no operation ${summary.id}`)];
  const { position, header, named } = entry;
  const { author } = askerOf(history, entry);
  const { name, user, wallMs, decision, dedupKey } = header.operation ?? ofEdit;
  const logged = {
    ...{ name, user, wallMs, position, replica: author.replica, mode: decision.mode, dedupKey },
    ...{ args: JSON.stringify(named.args), externalised: (header.effects?.count ?? 0) > 0 },
  };
  const told = { ...summary, args: JSON.stringify(summary.args) };
  return (Object.keys(logged) as (keyof typeof logged)[])
    .filter((member) => logged[member] !== told[member])
    .map((member) => {
      const [is, says] = [logged[member], told[member]];
      return problem('quote', `${member} of ${summary.id} is ${is}, the fact says ${says}`);
    });
}
