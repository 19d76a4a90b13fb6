// Cash that left the machine. No merge takes it back, which is why there are limits and fees.
import type { DeviceState } from '../device.ts';
import { clock, money } from '../words.ts';
import { el, keepList, setText } from './element.ts';
import { icon } from './icons.ts';

export function createDispensed() {
  const total = el('b', {});
  const list = el('ol', { class: 'notes-out', 'aria-label': 'Cash dispensed' });
  const element = el(
    'section',
    { class: 'dispensed', 'data-testid': 'dispensed' },
    el('h3', {}, icon('cash'), 'Cash dispensed ', total),
    list,
  );
  const update = ({ dispensed }: DeviceState): void => {
    setText(total, money(dispensed.reduce((sum, { cents }) => sum + cents, 0)));
    keepList(list, dispensed.slice(-4).reverse(), {
      key: ({ key }) => key,
      make: ({ cents, wallMs }) => el('li', {}, money(cents), el('time', {}, clock(wallMs))),
    });
  };
  return { element, update };
}
