// Which commits could have made a rule worse in another order? The facts against every closed state that
// the model can be put into.
import type { AppDefinition, OperationId, PossibleFact } from '@causeway/core';
import { wrongExplanation } from './compare-explanations.ts';
import type { History, ToldFact } from './history.ts';
import type { ModelPast } from './model-past.ts';
import { nameOf } from './model-past.ts';
import { problem } from './problem.ts';
import type { Replay } from './replay.ts';

/** Beyond so many acts that an author had not seen, the model does not try what is not told. */
const triedMax = 6;

/** Every difference, both ways. Cost: O(operations × 2^triedMax) replays at worst. */
export function comparePossible(
  history: History,
  replay: Replay,
  app: AppDefinition,
): readonly string[] {
  const told = history.told.filter(isPossible);
  const toldNames = told.map(({ fact }) => fullName(nameOf(fact), fact.trigger.id));
  const unknownNames = history.told.flatMap(({ fact }) =>
    fact.fact === 'possible-unknown' ? [fullName(nameOf(fact), fact.operation)] : [],
  );
  const violated = replay.violations.map((one) => fullName(nameOf(one), one.trigger));
  const silent = replay.judged.flatMap(({ id, touches }) => {
    const keys = touches.filter((at) => app.invariants[at.invariant]?.record === 'possible');
    return keys.flatMap((at) => {
      const name = fullName(nameOf(at), id);
      if ([...toldNames, ...unknownNames, ...violated].includes(name)) return [];
      const past = replay.past(id, at);
      return past && isPossibleIn(past)
        ? [problem('possible', `${id} could have made ${nameOf(at)} worse, and nobody says so`)]
        : [];
    });
  });
  return [
    ...told.flatMap(({ fact, at }) =>
      wrongFact(fact, replay, violated).map((sentence) => `${sentence} (at ${at.position})`),
    ),
    ...toldNames
      .filter((name, index) => toldNames.indexOf(name) !== index)
      .map((name) => problem('once', `it is told again that ${name} is possible`)),
    ...silent,
  ];
}

function wrongFact(
  fact: PossibleFact,
  replay: Replay,
  violated: readonly string[],
): readonly string[] {
  const name = fullName(nameOf(fact), fact.trigger.id);
  const past = replay.past(fact.trigger.id, fact);
  if (!past) return [problem('possible', `${fact.trigger.id} did nothing that stands`)];
  if (violated.includes(name)) {
    return [problem('possible', `${name} is a violation, and not only possible`)];
  }
  const others = fact.participants.slice(0, -1).map(({ id }) => id);
  const step = past.step([...others, ...(fact.mendings ?? [])]);
  const isSame = step.before === fact.from && step.after === fact.to;
  const model = `the model says from ${step.before} to ${step.after}`;
  return [
    ...wrongExplanation(fact, past),
    ...(isSame ? [] : [problem('possible', `${name}: from ${fact.from} to ${fact.to}, ${model}`)]),
  ];
}

/** Some closed set of what its author had not seen shows it. Of too many nothing is said. */
function isPossibleIn(past: ModelPast): boolean {
  const unseen = [...past.writers, ...past.mendings];
  if (unseen.length > triedMax) return false;
  let sets: (readonly OperationId[])[] = [[]];
  for (const id of unseen) sets = [...sets, ...sets.map((set) => [...set, id])];
  return sets.some((set) => {
    const { before, after } = past.step(set); // What they had seen comes along.
    return after > before;
  });
}

function isPossible(told: ToldFact): told is ToldFact<PossibleFact> {
  return told.fact.fact === 'possible';
}

function fullName(key: string, trigger: string): string {
  return `${trigger} on ${key}`;
}
