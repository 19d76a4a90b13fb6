// Is my work saved, and which of it is pending? One exact sentence, from the engine's own counts.
import type { DeviceState } from '../device.ts';
import { count } from '../words.ts';
import { el, fill } from './element.ts';
import { type IconName, icon } from './icons.ts';

const strengthWords: Readonly<Record<string, string>> = {
  journalled: 'safe even if the browser loses its database',
  strict: 'written to disk',
  relaxed: 'handed to the browser’s database',
  memory: 'only as long as this page is open',
};

interface Sentence {
  readonly tone: 'good' | 'waiting' | 'bad';
  readonly icon: IconName;
  readonly parts: readonly string[];
}

export function createStorageLine() {
  const element = el('p', { class: 'storage', 'data-testid': 'storage', role: 'status' });
  const update = (state: DeviceState): void => {
    const sentence = sentenceOf(state);
    element.dataset['tone'] = sentence.tone;
    element.title = strengthWords[state.storage] ?? state.storage;
    fill(element, sentence.parts.join(), () => [
      icon(sentence.icon),
      el('span', {}, ...sentence.parts.flatMap((part) => [el('span', {}, part), ' '])),
    ]);
  };
  return { element, update };
}

function sentenceOf({ storage, pending, unsaved, synced, mode }: DeviceState): Sentence {
  if (storage === 'storage-failed') {
    const parts = [`Not saved: ${count(unsaved, 'operation')}. Keep this page open.`];
    return { tone: 'bad', icon: 'warning', parts };
  }
  const saved = `Saved on this device: ${pending - unsaved}.`;
  const saving = unsaved > 0 ? [`Being saved: ${unsaved}.`] : [];
  if (pending > 0) {
    const parts = [saved, ...saving, `Waiting to be sent: ${pending}.`];
    return { tone: 'waiting', icon: 'disk', parts };
  }
  if (!synced) return { tone: 'waiting', icon: 'saving', parts: ['Being saved…'] };
  const tail = mode === 'connected' ? '' : ' Nothing waits here.';
  return { tone: 'good', icon: 'bank', parts: [`Everything done here is at the bank.${tail}`] };
}
