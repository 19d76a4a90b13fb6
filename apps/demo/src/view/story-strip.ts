// “What happened”: three chapters, filled by what the replicas report.
import type { Fact } from '../story.ts';
import { type Chapter, chapters } from '../story-facts.ts';
import { clock } from '../words.ts';
import { el, keepList } from './element.ts';

const titles: Readonly<Record<Chapter, readonly [title: string, promise: string]>> = {
  detect: ['Detect', 'A machine finds out by itself that it is cut off.'],
  partition: ['Work within limits', 'It goes on, and takes only risks that can be made good.'],
  recover: ['Recover', 'States merge, histories are audited, mistakes are compensated.'],
};
const shownMax = 7;

export function createStoryStrip() {
  const lanes = chapters.map((chapter, at) => createLane(chapter, at + 1));
  const element = el(
    'section',
    { class: 'story', 'data-testid': 'story', 'aria-labelledby': 'story-title' },
    el('h2', { id: 'story-title' }, 'What happened'),
    el('ol', { class: 'lanes' }, ...lanes.map((lane) => lane.element)),
  );
  const update = (facts: readonly Fact[]): void => {
    const latest = facts.at(-1)?.chapter;
    for (const lane of lanes) lane.update(facts, lane.chapter === latest);
  };
  return { element, update };
}

function createLane(chapter: Chapter, number: number) {
  const [title, promise] = titles[chapter];
  const list = el('ol', { class: 'facts' });
  const element = el(
    'li',
    { class: 'lane', 'data-chapter': chapter },
    el('h3', {}, el('span', { class: 'number', 'aria-hidden': 'true' }, String(number)), title),
    el('p', { class: 'promise' }, promise),
    list,
  );
  const update = (facts: readonly Fact[], isLatest: boolean): void => {
    element.dataset['latest'] = String(isLatest);
    const shown = facts.filter((fact) => fact.chapter === chapter).slice(-shownMax);
    keepList(list, shown, { key: ({ id }) => id, make: makeFact });
  };
  return { element, chapter, update };
}

function makeFact({ who, what, wallMs, tone }: Fact): HTMLElement {
  return el(
    'li',
    { class: 'fact', 'data-tone': tone },
    el('time', {}, clock(wallMs)),
    el('p', {}, el('b', {}, who), ` ${what}`),
  );
}
