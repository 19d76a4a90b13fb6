// What went wrong and what was done about it, as an account that one can read: who, where, when, how
// much, which rule broke, and what mended it.
import type { CaseRecord, OperationSummary } from '@causeway/core';
import { feeCents } from '../bank.ts';
import { clock, count, money, operationWords, signedMoney } from '../words.ts';
import { el, keepList } from './element.ts';
import { type IconName, icon } from './icons.ts';

/** Tells at which machine an operation was made. */
export type PlaceOf = (operation: OperationSummary) => string;

interface Standing {
  readonly words: string;
  readonly icon: IconName;
  readonly tone: 'open' | 'done';
}
const settling: Standing = { words: 'Settling', icon: 'clock', tone: 'open' };
const standings: Readonly<Record<CaseRecord['state'], Standing>> = {
  open: settling,
  settling,
  claimed: settling,
  compensated: { words: 'Compensated, once', icon: 'mended', tone: 'done' },
  healed: { words: 'Healed by itself', icon: 'check', tone: 'done' },
  waived: { words: 'Waived', icon: 'check', tone: 'done' },
  escalated: { words: 'A person must decide', icon: 'warning', tone: 'open' },
  resolved: { words: 'Resolved', icon: 'check', tone: 'done' },
  superseded: { words: 'Superseded', icon: 'check', tone: 'done' },
};

export function createCases(placeOf: PlaceOf) {
  const list = el('div', { class: 'case-list' });
  const none = el(
    'p',
    { class: 'nothing' },
    'None so far. When machines that could not see each other overdraw the account together, the case is told here.',
  );
  const element = el(
    'section',
    { class: 'cases', 'data-testid': 'cases', 'aria-labelledby': 'cases-title' },
    el('h2', { id: 'cases-title' }, 'Mistakes found, and how they were made good'),
    none,
    el('div', { 'aria-live': 'polite' }, list),
  );
  const update = (cases: readonly CaseRecord[]): void => {
    none.hidden = cases.length > 0;
    keepList(list, cases, {
      key: (found) => `${found.id} ${found.state} ${participantsOf(found).length}`,
      make: (found) => makeCase(found, placeOf),
    });
  };
  return { element, update };
}

const brokenWords = 'Rule broken: below zero, and not owed by anybody';

/** Everybody who explains the case, each once, in commit order. */
export function participantsOf(found: CaseRecord): readonly OperationSummary[] {
  const all = found.violations.flatMap(({ participants }) => participants);
  const byId = new Map(all.map((operation) => [operation.id, operation]));
  return [...byId.values()].sort((a, b) => a.position - b.position);
}

/** How far the rule was broken at its worst, in cents. */
export function worstOf(found: CaseRecord): number {
  return Math.max(0, ...found.violations.map(({ to }) => to));
}

function makeCase(found: CaseRecord, placeOf: PlaceOf): HTMLElement {
  const standing = standings[found.state];
  const worst = worstOf(found);
  const participants = participantsOf(found);
  return el(
    'article',
    { class: 'case', 'data-testid': 'case', 'data-state': found.state, 'data-tone': standing.tone },
    el(
      'header',
      {},
      el('h3', {}, `Account “${found.key}” overdrawn by ${money(worst)}`),
      el('p', { class: 'chip' }, icon(standing.icon), standing.words),
    ),
    el('p', { class: 'lead' }, leadOf(participants)),
    el(
      'table',
      {},
      el('caption', { class: 'visually-hidden' }, 'The account of this case'),
      headRow(),
      el(
        'tbody',
        {},
        ...participants.map((operation) => participantRow(operation, placeOf)),
        row('broken-rule', ['', 'The bank', brokenWords, money(-worst)]),
        ...(found.state === 'compensated' ? mendingRows(worst) : []),
      ),
    ),
  );
}

function leadOf(participants: readonly OperationSummary[]): string {
  const cut = participants.filter(({ mode }) => mode !== 'connected').length;
  const isAllCut = cut === participants.length;
  const apart = isAllCut ? 'made while cut off' : 'made before they could see each other';
  return `${count(participants.length, 'operation')}, ${apart}. Each was right by what its machine could see; together they were not. The cash is out, so nothing is undone.`;
}

function mendingRows(worst: number): readonly HTMLElement[] {
  return [
    row('mended', ['', 'The bank', 'Made good: the overdraft is owed from now on', money(worst)]),
    row('mended', ['', 'The bank', 'One overdraft fee, charged and owed', money(feeCents)]),
    row('total', ['', '', 'Owed from this case. The rule holds again.', money(worst + feeCents)]),
  ];
}

function headRow(): HTMLElement {
  const titles = ['When', 'Where', 'What', 'Amount'];
  return el('thead', {}, el('tr', {}, ...titles.map((title) => el('th', { scope: 'col' }, title))));
}

function participantRow(operation: OperationSummary, placeOf: PlaceOf): HTMLElement {
  const sign = operation.name === 'deposit' ? 1 : -1;
  const while_ = operation.mode === 'connected' ? '' : ', while cut off';
  return row('did', [
    clock(operation.wallMs),
    placeOf(operation),
    `${operationWords[operation.name] ?? operation.name}${while_}`,
    signedMoney(sign * centsOf(operation)),
  ]);
}

function row(kind: string, cells: readonly string[]): HTMLElement {
  return el('tr', { class: kind }, ...cells.map((cell) => el('td', {}, cell)));
}

function centsOf({ args }: OperationSummary): number {
  const cents = typeof args === 'object' && args && 'cents' in args ? args['cents'] : 0;
  return typeof cents === 'number' ? cents : 0;
}
