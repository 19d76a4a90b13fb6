// The keys of the machine: an amount, pay out, pay in; and next to them the answer when it is no.
import type { Device } from '../device.ts';
import type { Slip } from '../tape.ts';
import { money, parseMoney, refusalWords } from '../words.ts';
import { el, fill } from './element.ts';
import { icon } from './icons.ts';

const typical = [20_00, 50_00, 80_00, 150_00];
const notAnAmount = 'Type an amount such as 80 or 12.50.';

export function createTeller(device: Device) {
  const id = `amount-${device.name}`;
  const amount = el('input', {
    id,
    class: 'field',
    'data-testid': 'amount',
    inputmode: 'decimal',
    autocomplete: 'off',
    enterkeyhint: 'done',
    value: '80.00',
    'aria-describedby': `refusal-${device.name}`,
    oninput: () => markChosen(),
  });
  const keys = typical.map((cents) =>
    el(
      'button',
      {
        class: 'key',
        type: 'button',
        'data-testid': `amount-${cents / 100}`,
        'data-cents': cents,
        'aria-label': `Set amount to ${money(cents)}`,
        onclick: () => {
          amount.value = money(cents);
          markChosen();
        },
      },
      String(cents / 100),
    ),
  );
  const refusal = el('div', {
    id: `refusal-${device.name}`,
    class: 'refusal',
    'data-testid': 'refusal',
    role: 'status',
  });
  const markChosen = (): void => {
    const chosen = parseMoney(amount.value);
    for (const key of keys) {
      key.setAttribute('aria-pressed', String(Number(key.dataset['cents']) === chosen));
    }
  };
  const refuse = (words: string): void => {
    refusal.dataset['shown'] = String(words !== '');
    amount.setAttribute('aria-invalid', String(words === notAnAmount));
    fill(refusal, words, () =>
      words ? [icon('refused'), el('span', {}, el('b', {}, 'Refused. '), words)] : [],
    );
  };
  const act = async (name: Slip['name']): Promise<void> => {
    const cents = parseMoney(amount.value);
    if (cents === undefined) {
      refuse(notAnAmount);
      amount.focus();
      return;
    }
    const refused = await device.run(name, cents);
    refuse(refused ? refusalWords(refused) : '');
  };
  const element = el(
    'form',
    {
      class: 'teller',
      'aria-label': `${device.label}: withdraw or deposit`,
      onsubmit: (event: Event) => {
        event.preventDefault();
        act('withdraw').catch(reportError);
      },
    },
    el('label', { class: 'caption', for: id }, 'Amount'),
    el('div', { class: 'keys' }, ...keys, amount),
    el(
      'div',
      { class: 'acts' },
      el('button', { class: 'act primary', type: 'submit', 'data-testid': 'withdraw' }, 'Withdraw'),
      el(
        'button',
        {
          class: 'act',
          type: 'button',
          'data-testid': 'deposit',
          onclick: () => act('deposit').catch(reportError),
        },
        'Deposit',
      ),
    ),
    refusal,
  );
  markChosen();
  return { element, showRefusal: refuse };
}
