// The tab's title and picture say how things stand, for those who look at another tab.
import type { Device } from '../device.ts';
import { count, modeWords, money } from '../words.ts';

const colours = { good: '#12805c', waiting: '#b26a00', cut: '#c4314b' } as const;

export function updateTitle(devices: readonly Device[], page: Document): void {
  const cut = devices.filter(({ state }) => state.mode === 'partitioned');
  const waiting = devices.reduce((sum, { state }) => sum + state.pending, 0);
  const [first] = devices;
  const cutWords =
    devices.length === 1 ? modeWords.partitioned : `${cut.length} of ${devices.length} cut off`;
  const parts = [
    cut.length > 0 && cutWords,
    waiting > 0 ? `${count(waiting, 'operation')} pending` : cut.length === 0 && 'All at the bank',
    first && devices.length === 1 && `${money(first.state.balance)}, ${first.label}`,
    'Causeway',
  ];
  const title = parts.filter((part) => typeof part === 'string').join(' · ');
  if (page.title !== title) page.title = title;
  const colour = cut.length > 0 ? colours.cut : waiting > 0 ? colours.waiting : colours.good;
  const link = page.querySelector('link[rel=icon]');
  const href = favicon(colour, cut.length > 0);
  if (link && link.getAttribute('href') !== href) link.setAttribute('href', href);
}

/** Two shores and the road between them; broken when a machine is cut off. */
function favicon(colour: string, isBroken: boolean): string {
  const road = isBroken ? 'M7 16h4M21 16h4' : 'M7 16h18';
  const picture = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32"><rect width="32" height="32" rx="8" fill="${colour}"/><path d="M7 9v14M25 9v14${road}" stroke="#fff" stroke-width="3.5" stroke-linecap="round" fill="none"/></svg>`;
  return `data:image/svg+xml,${encodeURIComponent(picture)}`;
}
