// The bank above the machines: one place in which everything gets its order.
import type { Device } from '../device.ts';
import { count, modeWords } from '../words.ts';
import { el, setText } from './element.ts';
import { icon } from './icons.ts';

export function createBankBar(devices: readonly Device[]) {
  const standing = el('span', { class: 'standing', 'data-testid': 'standing' });
  const element = el(
    'div',
    { class: 'bank' },
    el(
      'p',
      {},
      icon('bank'),
      el('b', {}, 'The bank'),
      el('span', { class: 'role' }, 'gives every operation its place, and audits it'),
    ),
    standing,
  );
  const update = (): void => {
    const cut = devices.filter(({ state }) => state.mode !== 'connected').length;
    const [only] = devices;
    const words =
      devices.length === 1 && only
        ? modeWords[only.state.mode]
        : cut === 0
          ? `${count(devices.length, 'machine')} connected`
          : `${devices.length - cut} of ${count(devices.length, 'machine')} connected`;
    element.dataset['cut'] = String(cut > 0);
    setText(standing, words);
  };
  return { element, update };
}
