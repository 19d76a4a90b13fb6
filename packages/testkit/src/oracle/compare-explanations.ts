// Is what a fact says of who did it an explanation? By the model's own replays: it explains, nothing in
// it can be left out, and whoever is told to have broken a rule alone did so.
import type { OperationId, OperationSummary } from '@causeway/core';
import type { ModelPast } from './model-past.ts';
import { problem } from './problem.ts';

/** What a fact says of who did it. */
export interface ToldBlame {
  readonly fault: 'concurrent' | 'local';
  readonly trigger: OperationSummary;
  readonly participants: readonly OperationSummary[];
  readonly explained?: 'minimal' | 'all-writers';
  readonly mendings?: readonly OperationId[];
}

/** The engine tries explanations among so many. */
const suspectsMax = 15;

/** Cost: O(participants) replays. */
export function wrongExplanation(told: ToldBlame, past: ModelPast): readonly string[] {
  const what = `the violation by ${told.trigger.id}`;
  const say = (sentence: string): string => problem('participants', `${what} ${sentence}`);
  const names = told.participants.map(({ id }) => id);
  const others = names.slice(0, -1);
  if (names.at(-1) !== told.trigger.id) return [say('does not name it last')];
  const expected = past.writers.filter((id) => others.includes(id));
  if (String(expected) !== String(others)) {
    return [say(`names ${others.join(' ')}, of whom ${expected.join(' ')} wrote to it unseen`)];
  }
  const raises = (chosen: readonly OperationId[]): boolean => {
    const { before, after } = past.step(chosen);
    return after > before;
  };
  if (told.explained !== 'minimal') return wrongWriters(told, past, { say, raises });
  const mendings = told.mendings ?? [];
  if (!mendings.every((id) => past.mendings.includes(id))) {
    return [say(`stands on ${mendings.join(' ')}, which mended nothing or was seen`)];
  }
  const kept = [...others, ...mendings];
  const isMissing = (id: OperationId): boolean =>
    !kept.includes(id) && kept.some((one) => past.hasSeen(one, id));
  const spare = (id: OperationId): boolean =>
    raises(kept.filter((one) => one !== id && !past.hasSeen(one, id)));
  return [
    ...past.writers.filter(isMissing).map((id) => say(`leaves out ${id}, which one of them saw`)),
    ...(raises(kept) ? [] : [say(`is not explained by ${names.join(' ')}`)]),
    ...kept.filter(spare).map((id) => say(`is explained without ${id}, too`)),
    ...wrongFault(told, raises([])),
  ];
}

function wrongFault({ fault, trigger }: ToldBlame, isLocal: boolean): readonly string[] {
  const expected = isLocal ? 'local' : 'concurrent';
  if (fault === expected) return [];
  return [problem('fault', `${trigger.id} says ${fault}, the model says ${expected}`)];
}

/** Everybody may be named only where there is no telling. */
function wrongWriters(
  told: ToldBlame,
  { writers }: ModelPast,
  o: {
    readonly say: (sentence: string) => string;
    readonly raises: (chosen: readonly OperationId[]) => boolean;
  },
): readonly string[] {
  const isAll = told.participants.length === writers.length + 1;
  const isHopeless = writers.length > suspectsMax || (!o.raises([]) && !o.raises(writers));
  return [
    ...(isAll ? [] : [o.say('names neither everybody nor a minimal set')]),
    ...(isHopeless ? [] : [o.say('names everybody, and could be explained')]),
    ...wrongFault(told, writers.length === 0),
  ];
}
