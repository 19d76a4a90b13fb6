// “Try this”: the walks as buttons, one a step, or all of them at a pace that one can follow.
import type { Step, Walk } from '../guide.ts';
import { el, setAttribute } from './element.ts';
import { icon } from './icons.ts';

/** Long enough to see what a step did. */
const pauseMs = 1_400;

export function createGuideBar(walks: readonly Walk[]) {
  return el(
    'section',
    { class: 'guide', 'aria-labelledby': 'guide-title', 'data-testid': 'guide' },
    el('h2', { id: 'guide-title' }, 'Try this'),
    ...walks.map(createWalk),
  );
}

function createWalk(walk: Walk, at: number): HTMLElement {
  const steps = walk.steps.map(createStep);
  const all = el(
    'button',
    { class: 'quiet', type: 'button', 'data-testid': `walk-${at + 1}` },
    icon('play'),
    'Show me',
  );
  const runAll = async (): Promise<void> => {
    all.disabled = true;
    for (const step of steps) step.forget();
    for (const [index, step] of steps.entries()) {
      if (index > 0) await pause();
      await step.run();
    }
    all.disabled = false;
  };
  all.addEventListener('click', () => runAll().catch(reportError));
  return el(
    'div',
    { class: 'walk' },
    el('div', { class: 'walk-title' }, el('h3', {}, walk.title), all),
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
  const run = async (): Promise<void> => {
    show('busy');
    await step.run();
    show('done');
  };
  button.addEventListener('click', () => run().catch(reportError));
  return { element: el('li', {}, button), run, forget: () => show('idle') };
}

function pause(): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, pauseMs);
  });
}
