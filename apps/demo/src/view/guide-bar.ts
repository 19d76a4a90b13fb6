// “Try this”: the walks as buttons, one a step, or all of them at a pace that one can follow.
import type { Step, Walk } from '../guide.ts';
import { el, setAttribute } from './element.ts';
import { icon } from './icons.ts';

/** Long enough to see what a step did. */
const pauseMs = 1_400;

export function createGuideBar(
  walks: readonly Walk[],
  o: {
    /** The walk to show as soon as the page is there. */
    readonly begin: number | undefined;
    /** Opens a fresh account, and there shows this walk. */
    readonly startOver: (walk: number) => void;
  },
) {
  return el(
    'section',
    { class: 'guide', 'aria-labelledby': 'guide-title', 'data-testid': 'guide' },
    el('h2', { id: 'guide-title', class: 'visually-hidden' }, 'Try this'),
    ...walks.map((walk, at) =>
      createWalk(walk, {
        number: at + 1,
        isBegun: o.begin === at + 1,
        startOver: () => o.startOver(at + 1),
      }),
    ),
  );
}

function createWalk(
  walk: Walk,
  o: { readonly number: number; readonly isBegun: boolean; readonly startOver: () => void },
): HTMLElement {
  const steps = walk.steps.map(createStep);
  const all = el(
    'button',
    {
      class: 'quiet',
      type: 'button',
      'data-testid': `walk-${o.number}`,
      'aria-label': `Show me: ${walk.title}`,
      onclick: () => begin(),
    },
    icon('play'),
    'Show me',
  );
  const runAll = async (): Promise<void> => {
    all.disabled = true;
    for (const step of steps) step.forget();
    for (const [index, step] of steps.entries()) {
      if (index > 0) await pause();
      if (!(await step.run())) break;
    }
    all.disabled = false;
  };
  const begin = (): void => {
    if (walk.canBegin()) runAll().catch(reportError);
    else o.startOver();
  };
  if (o.isBegun) begin();
  return el(
    'div',
    { class: 'walk' },
    el('div', { class: 'walk-title' }, el('h3', {}, el('span', {}, 'Try this: '), walk.title), all),
    el('p', {}, walk.promise),
    el('ol', {}, ...steps.map((step) => step.element)),
  );
}

function createStep(step: Step, at: number) {
  const button = el(
    'button',
    { class: 'step', type: 'button', 'data-testid': 'step' },
    el('span', { class: 'number', 'aria-hidden': 'true' }, String(at + 1)),
    el('span', {}, step.label),
  );
  const show = (standing: 'idle' | 'busy' | 'done'): void => {
    button.dataset['standing'] = standing;
    setAttribute(button, 'aria-busy', standing === 'busy' ? 'true' : undefined);
  };
  const run = async (): Promise<boolean> => {
    show('busy');
    const isDone = await step.run();
    show(isDone ? 'done' : 'idle');
    return isDone;
  };
  button.addEventListener('click', () => run().catch(reportError));
  return { element: el('li', {}, button), run, forget: () => show('idle') };
}

function pause(): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, pauseMs);
  });
}
