// Which mode is this machine in? Icon and words; colour only repeats what they say.
import type { DeviceState } from '../device.ts';
import { modeWords, whyMode } from '../words.ts';
import { el, fill, setAttribute } from './element.ts';
import { icon } from './icons.ts';

export function createModeChip() {
  const element = el('p', { class: 'chip mode', 'data-testid': 'mode', role: 'status' });
  const update = ({ mode, why }: DeviceState): void => {
    element.dataset['mode'] = mode;
    const reason = mode === 'partitioned' && why ? `since ${whyMode(why)}` : undefined;
    setAttribute(element, 'title', reason);
    fill(element, mode, () => [icon(mode), modeWords[mode]]);
  };
  return { element, update };
}
