// The page: opens the machines that the address names and draws what they say. Its only globals are
// the document, the location and the storage, read here.

import type { Device } from './device.ts';
import { openDevice } from './device.ts';
import { planWalks } from './guide.ts';
import { addressOf, freshDocument, readSettings } from './settings.ts';
import { tellStory } from './story.ts';
import { createBankBar } from './view/bank-bar.ts';
import { createCases } from './view/cases.ts';
import { createDeviceCard } from './view/device-card.ts';
import { el } from './view/element.ts';
import { createGuideBar } from './view/guide-bar.ts';
import { createStoryStrip } from './view/story-strip.ts';
import { createThemeButton } from './view/theme.ts';
import { updateTitle } from './view/title.ts';
import { refusalWords } from './words.ts';

const settings = readSettings(location);
history.replaceState(null, '', addressOf(location, { document: settings.document }));
const page = document.querySelector('#page');

try {
  const machines = settings.machines;
  const devices = await Promise.all(machines.map((machine) => openDevice(machine, settings)));
  // For end-to-end tests: the devices with their handles, as the page uses them.
  Object.assign(window, { causewayDemo: { devices, settings } });
  page?.replaceChildren(createHeader(), createMain(devices));
} catch (error) {
  const message = error instanceof Error ? error.message : String(error);
  page?.replaceChildren(
    el('p', { class: 'broken', role: 'alert' }, `This page cannot open: ${message}`),
  );
  throw error;
}

function createHeader(): HTMLElement {
  const startOver = el(
    'a',
    { class: 'quiet', href: addressOf(location, { document: freshDocument() }) },
    'Start over',
  );
  return el(
    'header',
    { class: 'bar' },
    el('h1', {}, 'Causeway'),
    el(
      'p',
      { class: 'lead' },
      'Cash machines that go on working while their network is gone, and come back right.',
    ),
    startOver,
    createThemeButton({ storage: localStorage, root: document.documentElement }),
  );
}

function createMain(devices: readonly Device[]): HTMLElement {
  const cards = devices.map((device) => {
    const href = addressOf(location, { device: device.name });
    const more = settings.isSingle
      ? undefined
      : el(
          'a',
          { class: 'alone', href, 'aria-label': `${device.label} on a page of its own` },
          'Alone',
        );
    return { device, ...createDeviceCard(device, { more }) };
  });
  const bank = createBankBar(devices);
  const story = createStoryStrip();
  const cases = createCases(
    ({ replica, args }) => placeNamed(args) ?? `machine ${replica.slice(0, 6)}`,
  );
  const walks = planWalks(devices, (device, refusal) => {
    const card = cards.find((one) => one.device === device);
    card?.showRefusal(refusal ? refusalWords(refusal) : '');
  });
  tellStory(devices).subscribe((facts) => story.update(facts));
  const update = (): void => {
    bank.update();
    cases.update(devices[0]?.state.cases ?? []);
    updateTitle(devices, document);
  };
  for (const device of devices) device.subscribe(update);
  return el(
    'main',
    { 'data-single': String(settings.isSingle) },
    ...(settings.isSingle ? [] : [createGuideBar(walks), bank.element]),
    el('div', { class: 'devices' }, ...cards.map(({ element }) => element)),
    cases.element,
    story.element,
  );
}

function placeNamed(args: unknown): string | undefined {
  const isNamed = typeof args === 'object' && args !== null && 'at' in args;
  return isNamed && typeof args.at === 'string' ? args.at : undefined;
}
