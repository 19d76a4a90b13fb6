// How much is there, which part of it is tentative, and what is owed.
import type { Mode } from '@causeway/core';
import type { DeviceState } from '../device.ts';
import { money, signedMoney } from '../words.ts';
import { el, fill, setText } from './element.ts';
import { icon } from './icons.ts';

const settledWords: Readonly<Record<Mode, string>> = {
  connected: 'committed by the bank',
  suspect: 'as last known here',
  partitioned: 'as last known here',
  recovering: 'committed by the bank',
};

const isKnown = ({ mode }: DeviceState) => mode === 'connected' || mode === 'recovering';

export function createBalance() {
  const amount = el('output', {
    class: 'amount',
    'data-testid': 'balance',
    'aria-label': 'Balance',
  });
  const tentative = el('p', { class: 'note tentative', 'data-testid': 'tentative' });
  const owed = el('p', { class: 'note owed', 'data-testid': 'owed' });
  const element = el(
    'div',
    { class: 'balance' },
    el('p', { class: 'caption', 'aria-hidden': 'true' }, 'Balance'),
    amount,
    el('div', { class: 'notes' }, tentative, owed),
  );
  const update = (state: DeviceState): void => {
    setText(amount, money(state.balance));
    amount.dataset['tentative'] = String(state.isTentative);
    amount.dataset['negative'] = String(state.balance < 0);
    const sum = state.isTentative ? signedMoney(state.tentative) : '';
    fill(tentative, `${sum} ${state.mode}`, () =>
      sum
        ? [icon('clock'), el('span', {}, 'of which ', el('b', {}, sum), ' tentative')]
        : [icon(isKnown(state) ? 'checks' : 'clock'), settledWords[state.mode]],
    );
    tentative.dataset['tentative'] = String(state.isTentative);
    owed.hidden = state.owed === 0;
    fill(owed, String(state.owed), () => [
      icon('warning'),
      el('span', {}, el('b', {}, money(state.owed)), ' owed to the bank'),
    ]);
  };
  return { element, update };
}
