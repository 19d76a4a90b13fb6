// What happened, told from facts: each entry is a change that a replica reported, none is scripted.
// Three chapters, as in Brewer's figure: detect the cut, work within limits, recover.
import type { CaseRecord } from '@causeway/core';
import { feeCents } from './bank.ts';
import type { Device, DeviceState } from './device.ts';
import { type Chapter, factOfMode, factOfOperation } from './story-facts.ts';
import { participantsOf, worstOf } from './view/cases.ts';
import { money } from './words.ts';

export interface Fact {
  readonly id: string;
  readonly chapter: Chapter;
  readonly wallMs: number;
  /** The machine, or the bank. */
  readonly who: string;
  readonly what: string;
  readonly tone: 'plain' | 'bad' | 'good';
}
export interface Story {
  readonly facts: readonly Fact[];
  subscribe(listener: (facts: readonly Fact[]) => void): () => void;
}

/** Listens to the machines. A fact that several replicas report is told once. */
export function tellStory(devices: readonly Device[]): Story {
  const factsById = new Map<string, Fact>();
  const listeners = new Set<(facts: readonly Fact[]) => void>();
  const current = (): readonly Fact[] => [...factsById.values()];
  const tell = (id: string, fact: Omit<Fact, 'id' | 'wallMs'>): void => {
    if (factsById.has(id)) return;
    factsById.set(id, { ...fact, id, wallMs: Date.now() });
    for (const listener of listeners) listener(current());
  };
  for (const device of devices) listenTo(device, tell);
  return {
    get facts() {
      return current();
    },
    subscribe(listener) {
      listeners.add(listener);
      listener(current());
      return () => listeners.delete(listener);
    },
  };
}

type Tell = (id: string, fact: Omit<Fact, 'id' | 'wallMs'>) => void;

function listenTo(device: Device, tell: Tell): void {
  let before: DeviceState = device.state;
  let cutSinceMs: number | undefined;
  let turns = 0;
  let isReturning = false;
  // Those that a reload found waiting were made while cut off, too.
  const waiting = before.operations.filter(({ state }) => state.type === 'saved');
  const madeWhileCut = new Set<string>(waiting.map(({ key }) => key));
  const tellMode = (state: DeviceState): void => {
    turns += 1;
    if (state.mode === 'partitioned') cutSinceMs ??= Date.now();
    const fact = factOfMode(state, before, cutSinceMs);
    if (fact) tell(`${device.name} mode ${turns}`, { who: device.label, ...fact });
    if (state.mode === 'connected') cutSinceMs = undefined;
  };
  device.subscribe((state) => {
    const isNewMode = state.mode !== before.mode;
    if (isNewMode && state.mode !== 'connected') tellMode(state);
    // No way leads from a cut to `connected` but through recovery, however short.
    const wasQuick = before.mode === 'partitioned' && state.mode === 'connected';
    if (wasQuick) tellMode({ ...state, mode: 'recovering' });
    const was = new Map(before.operations.map((line) => [line.key, line.state.type]));
    for (const line of [...state.operations].reverse()) {
      if (was.get(line.key) === line.state.type) continue;
      const isHere = line.state.type === 'saved' || line.state.type === 'refused';
      if (isHere && state.mode !== 'connected') madeWhileCut.add(line.key);
      const fact = madeWhileCut.has(line.key) ? factOfOperation(line) : undefined;
      if (fact) tell(`${line.key} ${fact.chapter}`, { who: device.label, ...fact });
    }
    for (const found of state.cases) tellCase(found, before.cases, tell);
    if (isNewMode && state.mode === 'connected') isReturning = true;
    // Told last, once its slips say so, too: it means that all of the above is over.
    const isSent = state.operations.every(({ state: { type } }) => type !== 'saved');
    if (isReturning && isSent && state.mode === 'connected') {
      isReturning = false;
      tellMode(state);
    }
    before = state;
  });
}

function tellCase(found: CaseRecord, before: readonly CaseRecord[], tell: Tell): void {
  const state = before.find(({ id }) => id === found.id)?.state;
  if (state === found.state) return;
  const n = participantsOf(found).length;
  tell(`${found.id} found`, {
    who: 'The bank',
    chapter: 'recover',
    tone: 'bad',
    what: `finds the rule broken: ${n} operations overdrew the account by ${money(worstOf(found))}`,
  });
  if (found.state !== 'compensated') return;
  tell(`${found.id} compensated`, {
    who: 'The bank',
    chapter: 'recover',
    tone: 'good',
    what: `makes it good: the overdraft becomes a debt, with one fee of ${money(feeCents)}`,
  });
}
