// Faults in who is named for a violation.
//
// Not here, because seeds do not find it for certain: going over the operations once instead of until
// nothing can be left out. attribution-histories.test.ts finds it: one in forty explanations is then
// not minimal.
import type { Mutant } from './mutant.ts';

const recovery = 'packages/core/src/recovery';

export const attributionMutants: readonly Mutant[] = [
  {
    name: 'left-out-alone',
    why: 'who built on an operation is named, and the operation is not',
    file: `${recovery}/attribution.ts`,
    from: '    return other !== index && !(left && place && isBefore(left, place));',
    to: '    return other !== index && !(left && place && isBefore(place, place));',
  },
  {
    name: 'early-is-guilty',
    why: 'people are named by a state that nobody saw: without what the author had seen of others',
    file: `${recovery}/materialise.ts`,
    from: '  const own = later.find(({ place }) => place.position === trigger.position);',
    to: `  const own = later.find(({ place }) => place.position === trigger.position);
  for (const one of [...later]) {
    const isSeen = isBefore(one.place, trigger) && one.place.writer !== trigger.writer;
    if (isSeen) later.splice(later.indexOf(one), 1);
  }`,
  },
  {
    name: 'early-is-seen',
    why: 'who was cut off is told that the own screen showed what others did meanwhile',
    file: `${recovery}/materialise.ts`,
    from: '    later.filter(({ place }) => isBefore(place, trigger)),',
    to: '    later.filter(({ place }) => isBefore(place, trigger) || place.seen < trigger.seen),',
  },
  {
    name: 'choice-is-nobodys',
    why: 'what people chose is left out when everybody is named who had a part',
    file: `${recovery}/note-violation.ts`,
    from: "kind === 'result' && !isResult && !isChosen;",
    to: "kind === 'result' && !isResult;",
  },
  {
    name: 'never-local',
    why: 'who went against what the own screen showed is told that others did it, too',
    file: `${recovery}/explain-violation.ts`,
    from: "    fault: kept.length > 0 ? 'concurrent' : 'local',",
    to: "    fault: concurrent.length > 0 ? 'concurrent' : 'local',",
  },
  {
    name: 'void-explains',
    why: 'an operation that the audit made void is part of why another one broke the rule',
    file: `${recovery}/audit-window.ts`,
    from: '  window.past.verdicts.push(...verdicts);',
    to: '  window.past.verdicts.push(...verdicts.slice(0, 0));',
  },
];
