// What happened, told from facts: each entry is a change that a replica reported, none is scripted.
// Three chapters, as in Brewer's figure: detect the cut, work within limits, recover.
import type { CaseRecord } from '@causeway/core';
import { feeCents } from './bank.ts';
import type { Device, DeviceState } from './device.ts';
import type { OperationLine } from './slips.ts';
import { participantsOf, worstOf } from './view/cases.ts';
import { money, operationWords, refusalWords, whyMode } from './words.ts';

export const chapters = ['detect', 'partition', 'recover'] as const;
export type Chapter = (typeof chapters)[number];

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
  device.subscribe((state) => {
    if (state.mode !== before.mode) {
      turns += 1;
      if (state.mode === 'partitioned') cutSinceMs ??= Date.now();
      const fact = factOfMode(state, before, cutSinceMs);
      if (fact) tell(`${device.name} mode ${turns}`, { who: device.label, ...fact });
      if (state.mode === 'connected') cutSinceMs = undefined;
    }
    const was = new Map(before.operations.map((line) => [line.key, line.state.type]));
    for (const line of [...state.operations].reverse()) {
      if (was.get(line.key) === line.state.type) continue;
      const fact = factOfOperation(line, state, was.has(line.key));
      if (fact) tell(`${line.key} ${fact.chapter} ${fact.tone}`, { who: device.label, ...fact });
    }
    for (const found of state.cases) tellCase(found, before.cases, tell);
    before = state;
  });
}

type Told = Pick<Fact, 'chapter' | 'what' | 'tone'>;

function factOfMode(
  { mode, why }: DeviceState,
  before: DeviceState,
  cutSinceMs: number | undefined,
): Told | undefined {
  const seconds = cutSinceMs === undefined ? 0 : Math.round((Date.now() - cutSinceMs) / 1_000);
  switch (mode) {
    case 'suspect':
      return {
        chapter: 'detect',
        tone: 'plain',
        what: 'has its doubts about the line, and probes it',
      };
    case 'partitioned':
      return { chapter: 'detect', tone: 'bad', what: `knows that it is cut off: ${whyMode(why)}` };
    case 'recovering':
      return { chapter: 'recover', tone: 'plain', what: 'hears the bank again and catches up' };
    case 'connected':
      if (before.mode === 'suspect') {
        return { chapter: 'detect', tone: 'good', what: 'the line is fine after all' };
      }
      return { chapter: 'recover', tone: 'good', what: `is connected again after ${seconds} s` };
  }
}

function factOfOperation(
  line: OperationLine,
  { mode }: DeviceState,
  wasShown: boolean,
): Told | undefined {
  const act = `${operationWords[line.name]} ${money(line.cents)}`;
  const isCut = mode === 'partitioned' || mode === 'suspect';
  switch (line.state.type) {
    case 'saved':
      return isCut && wasShown
        ? { chapter: 'partition', tone: 'plain', what: `${act}: saved here, tentative` }
        : undefined;
    case 'refused':
      return isCut
        ? {
            chapter: 'partition',
            tone: 'bad',
            what: `${act}: refused. ${refusalWords(line.state)}`,
          }
        : undefined;
    case 'committed':
      return mode === 'recovering'
        ? { chapter: 'recover', tone: 'plain', what: `${act}: sent, and committed by the bank` }
        : undefined;
    case 'deciding':
    case 'confirmed':
    case 'compensated':
      return undefined;
  }
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
