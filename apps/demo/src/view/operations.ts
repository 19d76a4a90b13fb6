// What was done at this machine: what waits, and what became of the rest. Each operation by name, with
// the rung it stands on.
import type { DeviceState } from '../device.ts';
import type { OperationLine } from '../slips.ts';
import { clock, operationWords, refusalWords, rungOf, rungWords, signedMoney } from '../words.ts';
import { el, keepList } from './element.ts';
import { type IconName, icon } from './icons.ts';

const rungIcons: Readonly<Record<ReturnType<typeof rungOf>, IconName>> = {
  saving: 'saving',
  saved: 'disk',
  committed: 'check',
  confirmed: 'checks',
  compensated: 'mended',
  refused: 'refused',
};
const shownMax = 6;

export function createOperations() {
  const pending = el('ol', { class: 'slips', 'data-testid': 'pending', 'aria-label': 'Pending' });
  const outcomes = el('ol', {
    class: 'slips',
    'data-testid': 'outcomes',
    'aria-label': 'Outcomes',
  });
  const pendingTitle = el('h4', {}, 'Pending');
  const outcomesTitle = el('h4', {}, 'Outcomes');
  const nothing = el('p', { class: 'nothing' }, 'Nothing was done here yet.');
  const element = el(
    'section',
    { class: 'operations' },
    el('h3', {}, 'Operations'),
    nothing,
    pendingTitle,
    pending,
    outcomesTitle,
    outcomes,
  );
  const update = ({ operations }: DeviceState): void => {
    const waiting = operations.filter(isWaiting);
    const over = operations.filter((line) => !isWaiting(line)).slice(0, shownMax);
    keepList(pending, waiting, { key: keyOf, make: (line) => makeSlip(line, 'pending-item') });
    keepList(outcomes, over, { key: keyOf, make: (line) => makeSlip(line, 'outcome') });
    nothing.hidden = operations.length > 0;
    pendingTitle.hidden = pending.hidden = waiting.length === 0;
    outcomesTitle.hidden = outcomes.hidden = over.length === 0;
  };
  return { element, update };
}

function isWaiting({ state }: OperationLine): boolean {
  return state.type === 'deciding' || state.type === 'saved';
}

function keyOf({ key, state }: OperationLine): string {
  return `${key} ${state.type}`;
}

function makeSlip(line: OperationLine, testId: string): HTMLElement {
  const rung = rungOf(line.state);
  const sign = line.name === 'withdraw' ? -1 : 1;
  return el(
    'li',
    { class: 'slip', 'data-testid': testId, 'data-rung': rung, 'data-operation': line.key },
    el('span', { class: 'what' }, operationWords[line.name]),
    el('span', { class: 'sum' }, signedMoney(sign * line.cents)),
    el('span', { class: 'time' }, clock(line.wallMs)),
    el('span', { class: 'rung' }, icon(rungIcons[rung]), rungWords[rung]),
    line.state.type === 'refused' && el('span', { class: 'reason' }, refusalWords(line.state)),
  );
}
