// Who we are, what this page shows, and a way to begin again.
import { openingCents } from '../bank.ts';
import { addressOf, freshDocument, type Settings } from '../settings.ts';
import { money } from '../words.ts';
import { el } from './element.ts';
import { icon } from './icons.ts';
import { createThemeButton } from './theme.ts';

export function createHeader({ isSingle }: Settings): HTMLElement {
  const restart = el(
    'button',
    {
      class: 'quiet',
      type: 'button',
      'data-testid': 'restart',
      title: `A fresh account with ${money(openingCents)}`,
      onclick: () => location.assign(addressOf(location, { document: freshDocument() })),
    },
    icon('restart'),
    'Start over',
  );
  const theme = createThemeButton({ storage: localStorage, root: document.documentElement });
  return el(
    'header',
    { class: 'top' },
    el(
      'div',
      { class: 'brand' },
      el('h1', {}, logo(), 'Causeway'),
      el('div', { class: 'tools' }, restart, theme),
    ),
    el('p', { class: 'lead', 'data-testid': 'lead' }, leadOf(isSingle)),
  );
}

function leadOf(isSingle: boolean): string {
  return isSingle
    ? 'A cash machine that goes on working within a limit when its line is cut, and makes good what went wrong meanwhile.'
    : 'Three cash machines share one account. Cut their lines and they go on, within a limit; plug them in and their histories merge, and what they did wrong together is named and made good.';
}

function logo(): SVGSVGElement {
  const picture = icon('connected');
  picture.setAttribute('class', 'logo');
  picture.querySelector('path')?.setAttribute('d', 'M4 5v14M20 5v14M4 12h16M9 12v3M15 12v3');
  return picture;
}
