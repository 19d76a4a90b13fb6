// The cable from a machine up to the bank, with the plug that one can pull.
import type { Device, DeviceState } from '../device.ts';
import { el, fill, setAttribute } from './element.ts';
import { icon } from './icons.ts';

export function createPlugButton(device: Device) {
  const button = el('button', {
    class: 'plug',
    type: 'button',
    'data-testid': 'plug',
    onclick: () => (device.plug.isPlugged ? device.plug.pull() : device.plug.insert()),
  });
  const element = el('div', { class: 'cable' }, button);
  const update = ({ isPlugged, mode }: DeviceState): void => {
    element.dataset['plugged'] = String(isPlugged);
    element.dataset['mode'] = mode;
    setAttribute(button, 'aria-label', `${isPlugged ? 'Unplug' : 'Plug in'} ${device.label}`);
    fill(button, String(isPlugged), () => [
      icon(isPlugged ? 'plug' : 'unplug'),
      isPlugged ? 'Unplug' : 'Plug in',
    ]);
  };
  return { element, update };
}
