// The engine's codes in the words of people at a cash machine. One place, so that they never differ.
import type { Mode, ReceiptState, RefusalReason } from '@causeway/core';
import { limitCents } from './bank.ts';

/** 1234 → “12.34”, with thousands set apart and a true minus sign. */
export function money(cents: number): string {
  const [whole = '0', rest = '00'] = (Math.abs(cents) / 100).toFixed(2).split('.');
  const grouped = whole.replaceAll(/\B(?=(\d{3})+$)/g, '\u202f');
  return `${cents < 0 ? '−' : ''}${grouped}.${rest}`;
}

/** Like {@link money}, with a sign in both directions. */
export function signedMoney(cents: number): string {
  return cents > 0 ? `+${money(cents)}` : money(cents);
}

/** What a person typed, in cents; undefined when it is no amount. */
export function parseMoney(text: string): number | undefined {
  const found = /^(\d{1,6})(?:[.,](\d{1,2}))?$/.exec(text.trim());
  if (!found) return undefined;
  const cents = Number(found[1]) * 100 + Number((found[2] ?? '').padEnd(2, '0'));
  return cents > 0 ? cents : undefined;
}

export const modeWords: Readonly<Record<Mode, string>> = {
  connected: 'Connected',
  suspect: 'Checking the line',
  partitioned: 'Cut off',
  recovering: 'Catching up',
};

export const operationWords: Readonly<Record<string, string>> = {
  withdraw: 'Withdrawal',
  deposit: 'Deposit',
};

/** The rungs an operation climbs, as shown beside it. */
export const rungs = [
  'saving',
  'saved',
  'committed',
  'confirmed',
  'compensated',
  'refused',
] as const;
export type Rung = (typeof rungs)[number];

export const rungWords: Readonly<Record<Rung, string>> = {
  saving: 'Saving…',
  saved: 'Saved here',
  committed: 'At the bank',
  confirmed: 'Confirmed',
  compensated: 'Compensated',
  refused: 'Refused',
};

export function rungOf(state: ReceiptState): Rung {
  if (state.type === 'deciding') return 'saving';
  return state.type === 'cancelling' ? 'saved' : state.type;
}

/** Why not, with the evidence. */
export function refusalWords(refusal: RefusalReason): string {
  switch (refusal.code) {
    case 'stand-in-limit':
      return `${money(refusal.remaining)} left until the line is back. A machine that is cut off may pay out ${money(limitCents)} on its own.`;
    case 'requires':
      return refusal.reason === 'insufficient-funds'
        ? 'Not enough in the account, as far as this machine can see.'
        : `The bank says no: ${refusal.reason}.`;
    case 'prohibited':
      return 'Not possible while the line is down.';
    case 'invalid-args':
      return 'That is not an amount this machine can handle.';
    case 'no-primary':
      return 'The bank’s own computer does not answer. Try again later.';
    case 'failed':
      return `The machine failed: ${refusal.message}.`;
    default:
      return `Not possible now (${refusal.code}).`;
  }
}

const whyWords: Readonly<Record<string, string>> = {
  'bound-missed': 'no echo came back in time',
  'link-closed': 'the connection broke',
  'closed-past-bound': 'the connection broke and did not return in time',
  'operation-late': 'the bank did not answer a withdrawal in time',
  'went-offline': 'somebody switched the line off',
};

/** Why partition mode began. */
export function whyMode(why: string): string {
  return whyWords[why] ?? why;
}

/** 14:05:09, in the reader's own time zone. */
export function clock(wallMs: number): string {
  return new Date(wallMs).toLocaleTimeString([], {
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
    hour12: false,
  });
}

/** “1 change”, “3 changes”. */
export function count(n: number, one: string, many = `${one}s`): string {
  return `${n} ${n === 1 ? one : many}`;
}
