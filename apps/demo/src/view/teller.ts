// The keys of the machine: an amount, pay out, pay in; and next to them the answer when it is no.
import type { Device } from '../device.ts';
import type { Slip } from '../tape.ts';
import { money, parseMoney, refusalWords } from '../words.ts';
import { el, fill } from './element.ts';
import { icon } from './icons.ts';

const typical = [20_00, 50_00, 80_00, 150_00];
const notAnAmount = 'Type an amount such as 80 or 12.50.';

/** The keypad of one machine; `showRefusal` puts words next to it. */
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
  const choose = (cents: number): void => {
    amount.value = money(cents);
    markChosen();
  };
  const keys = typical.map((cents) => createKey(cents, choose));
  const markChosen = (): void => {
    const chosen = parseMoney(amount.value);
    for (const key of keys) {
      key.setAttribute('aria-pressed', String(Number(key.dataset['cents']) === chosen));
    }
  };
  const refusal = el('div', {
    id: `refusal-${device.name}`,
    class: 'refusal',
    'data-testid': 'refusal',
    role: 'status',
  });
  const refuse = (words: string): void => {
    refusal.dataset['shown'] = String(words !== '');
    amount.setAttribute('aria-invalid', String(words === notAnAmount));
    fill(refusal, words, () =>
      words ? [icon('refused'), el('span', {}, el('b', {}, 'Refused. '), words)] : [],
    );
  };
  let acts = 0;
  const act = async (name: Slip['name']): Promise<void> => {
    acts += 1;
    const number = acts;
    const cents = parseMoney(amount.value);
    if (cents === undefined) {
      refuse(notAnAmount);
      amount.focus();
      return;
    }
    const refused = await device.run(name, cents);
    // An earlier request may be answered later: it must not wipe away the answer to this one.
    if (number === acts) refuse(refused ? refusalWords(refused) : '');
  };
  markChosen();
  const parts = { id, amount, keys, refusal, act };
  return { element: createForm(device, parts), showRefusal: refuse };
}

function createKey(cents: number, choose: (cents: number) => void): HTMLButtonElement {
  return el(
    'button',
    {
      class: 'key',
      type: 'button',
      'data-testid': `amount-${cents / 100}`,
      'data-cents': cents,
      'aria-label': `Set amount to ${money(cents)}`,
      onclick: () => choose(cents),
    },
    String(cents / 100),
  );
}

interface Parts {
  readonly id: string;
  readonly amount: HTMLInputElement;
  readonly keys: readonly HTMLButtonElement[];
  readonly refusal: HTMLElement;
  readonly act: (name: Slip['name']) => Promise<void>;
}

function createForm(device: Device, { id, amount, keys, refusal, act }: Parts): HTMLElement {
  const button = (name: Slip['name'], words: string, o: { readonly isMain: boolean }) =>
    el(
      'button',
      {
        class: o.isMain ? 'act primary' : 'act',
        type: 'button',
        'data-testid': name,
        onclick: () => act(name).catch(reportError),
      },
      words,
    );
  return el(
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
      button('withdraw', 'Withdraw', { isMain: true }),
      button('deposit', 'Deposit', { isMain: false }),
    ),
    refusal,
  );
}
