// One machine on the page.
import type { Device } from '../device.ts';
import { createBalance } from './balance.ts';
import { createDispensed } from './dispensed.ts';
import { el } from './element.ts';
import { createLimitMeter } from './limit-meter.ts';
import { createModeChip } from './mode-chip.ts';
import { createOperations } from './operations.ts';
import { createPlugButton } from './plug-button.ts';
import { createStorageLine } from './storage-line.ts';
import { createTeller } from './teller.ts';

export function createDeviceCard(device: Device, o: { readonly more: Node | undefined }) {
  const title = `device-title-${device.name}`;
  const plug = createPlugButton(device);
  const mode = createModeChip();
  const balance = createBalance();
  const meter = createLimitMeter();
  const teller = createTeller(device);
  const storage = createStorageLine();
  const operations = createOperations();
  const dispensed = createDispensed();
  const card = el(
    'div',
    { class: 'card' },
    el('header', {}, el('h2', { id: title }, device.label), o.more, mode.element),
    balance.element,
    meter.element,
    teller.element,
    storage.element,
    operations.element,
    dispensed.element,
  );
  const element = el(
    'article',
    { class: 'device', 'data-testid': `device-${device.name}`, 'aria-labelledby': title },
    plug.element,
    card,
  );
  let known = '';
  device.subscribe((state) => {
    element.dataset['mode'] = state.mode;
    // A refusal holds for what this machine knew then; after that it would mislead.
    const knows = `${state.mode} ${state.balance}`;
    if (knows !== known) teller.showRefusal('');
    known = knows;
    for (const part of [plug, mode, balance, meter, storage, operations, dispensed]) {
      part.update(state);
    }
  });
  return { element, showRefusal: teller.showRefusal };
}
