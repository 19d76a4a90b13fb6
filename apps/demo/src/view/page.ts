// The page: header, walks, the bank with its machines, the cases, the story.
import type { CaseRecord, OperationSummary } from '@causeway/core';
import type { Device } from '../device.ts';
import { planWalks } from '../guide.ts';
import type { Settings } from '../settings.ts';
import { addressOf, freshDocument } from '../settings.ts';
import { tellStory } from '../story.ts';
import { refusalWords } from '../words.ts';
import { createBankBar } from './bank-bar.ts';
import { createCases } from './cases.ts';
import { createDeviceCard } from './device-card.ts';
import { el } from './element.ts';
import { createGuideBar } from './guide-bar.ts';
import { createHeader } from './header.ts';
import { icon } from './icons.ts';
import { createStoryStrip } from './story-strip.ts';
import { updateTitle } from './title.ts';

/** Draws the page into `body` and keeps it true. */
export function showPage(devices: readonly Device[], settings: Settings, body: HTMLElement): void {
  const cards = devices.map((device) =>
    createDeviceCard(device, { more: settings.isSingle ? undefined : aloneLink(device) }),
  );
  body.dataset['single'] = String(settings.isSingle);
  const walks = planWalks(devices, (device, refusal) => {
    const words = refusal ? refusalWords(refusal) : '';
    cards[devices.indexOf(device)]?.showRefusal(words);
  });
  const bank = createBankBar(devices);
  const cases = createCases(placeOf);
  const story = createStoryStrip();
  body.replaceChildren(
    el('a', { class: 'skip', href: '#machines' }, 'To the machines'),
    createHeader(settings),
    el(
      'main',
      {},
      settings.isSingle ? undefined : createGuideBar(walks, { begin: settings.walk, startOver }),
      el(
        'section',
        { class: 'machines', id: 'machines', 'aria-label': 'Machines', tabindex: -1 },
        bank.element,
        el('div', { class: 'devices' }, ...cards.map(({ element }) => element)),
      ),
      cases.element,
      story.element,
    ),
    footer(settings),
  );
  const update = (): void => {
    bank.update();
    cases.update(newestCases(devices));
    updateTitle(devices, document);
  };
  for (const device of devices) device.subscribe(update);
  tellStory(devices).subscribe(story.update);
}

/** Replicas learn of a case one after another: the one that knows most tells it. */
function newestCases(devices: readonly Device[]): readonly CaseRecord[] {
  const byId = new Map<string, CaseRecord>();
  for (const found of devices.flatMap(({ state }) => state.cases)) {
    const known = byId.get(found.id);
    if (!known || known.state === 'open' || known.state === 'settling') byId.set(found.id, found);
  }
  return [...byId.values()].reverse();
}

/** The machine wrote its own name into the arguments, so any reader of the log can tell. */
function placeOf({ args, replica }: OperationSummary): string {
  const at = typeof args === 'object' && args && 'at' in args ? args['at'] : undefined;
  return typeof at === 'string' ? at : `Machine ${replica.slice(0, 6)}`;
}

function aloneLink(device: Device): HTMLElement {
  return el(
    'a',
    {
      class: 'alone',
      href: addressOf(location, { device: device.name }),
      target: '_blank',
      'aria-label': `Open ${device.label} in a tab of its own`,
      title: 'Open in a tab of its own',
    },
    icon('open'),
  );
}

function startOver(walk: number): void {
  location.assign(addressOf(location, { document: freshDocument(), walk: String(walk) }));
}

function footer({ document, isSingle }: Settings): HTMLElement {
  const whose = isSingle ? 'This machine is' : 'Each machine is';
  return el(
    'footer',
    {},
    el(
      'p',
      {},
      `${whose} a complete replica: its own database in this browser, its own socket to the relay. Nothing on this page is played back; reload it whenever you like.`,
    ),
    el('p', { class: 'document' }, 'Document ', el('code', {}, document)),
  );
}
