// Brewer's stand-in limit: how much may this machine still pay out on its own?
import { limitCents } from '../bank.ts';
import type { DeviceState } from '../device.ts';
import { money } from '../words.ts';
import { el, setAttribute, setText } from './element.ts';

const captions = {
  connected: 'if the line goes down',
  suspect: 'while the line is being checked',
  partitioned: 'until the line is back',
  recovering: 'until the bank has confirmed',
} as const;

export function createLimitMeter() {
  const remaining = el('b', { 'data-testid': 'remaining' });
  const when = el('span', { class: 'when' });
  const bar = el('span', { class: 'bar' });
  const meter = el(
    'div',
    {
      class: 'meter',
      role: 'meter',
      'aria-label': 'Stand-in limit left',
      'aria-valuemin': 0,
      'aria-valuemax': limitCents / 100,
    },
    bar,
  );
  const element = el(
    'div',
    { class: 'limit' },
    el('p', {}, remaining, ` of ${money(limitCents)} left `, when),
    meter,
  );
  const update = ({ mode, remaining: left }: DeviceState): void => {
    const shown = Math.max(0, Math.min(left, limitCents));
    element.dataset['applies'] = String(mode !== 'connected' || left < limitCents);
    element.dataset['low'] = String(left < limitCents / 4);
    setText(remaining, money(left));
    setText(when, mode === 'connected' && left < limitCents ? captions.recovering : captions[mode]);
    bar.style.inlineSize = `${(shown / limitCents) * 100}%`;
    setAttribute(meter, 'aria-valuenow', shown / 100);
    setAttribute(meter, 'aria-valuetext', `${money(left)} of ${money(limitCents)}`);
  };
  return { element, update };
}
