// What the address says: which document, which relay, one machine or all three.
import { parseDocumentId } from '@causeway/core';
import { openingAccount } from './bank.ts';

export interface Machine {
  /** Names its database in this browser. */
  readonly name: string;
  readonly label: string;
}
export interface Settings {
  readonly relay: string;
  readonly document: string;
  readonly account: string;
  readonly machines: readonly Machine[];
  /** One machine fills the page. */
  readonly isSingle: boolean;
  /** The walk to show at once, from 1. */
  readonly walk: number | undefined;
}

const branches: readonly Machine[] = [
  { name: 'harbour', label: 'Harbour' },
  { name: 'station', label: 'Station' },
  { name: 'market', label: 'Market' },
];

/** Reads the settings, taking a fresh document where the address names none. */
export function readSettings(location: Location): Settings {
  const query = new URLSearchParams(location.search);
  const scheme = location.protocol === 'https:' ? 'wss' : 'ws';
  const device = query.get('device');
  return {
    relay: query.get('relay') ?? `${scheme}://${location.host}/sync`,
    document: parseDocumentId(query.get('document') ?? '') ?? freshDocument(),
    account: query.get('account') ?? openingAccount,
    machines: device ? [machineNamed(device)] : branches,
    isSingle: device !== null && device !== '',
    walk: Number(query.get('walk')) || undefined,
  };
}

/** The address of these settings with another document or machine, for links and reloads. */
export function addressOf(
  location: Location,
  change: { readonly document?: string; readonly device?: string; readonly walk?: string },
): string {
  const address = new URL(location.href);
  address.searchParams.delete('walk'); // Shown once, not at each reload.
  for (const [key, value] of Object.entries(change)) address.searchParams.set(key, value);
  address.hash = '';
  return address.href;
}

/** A document id that nobody has used. Random bytes, because plain http has no `randomUUID`. */
export function freshDocument(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(6));
  return `bank-${Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')}`;
}

function machineNamed(name: string): Machine {
  const known = branches.find((machine) => machine.name === name);
  if (known) return known;
  const words = name.replaceAll(/[-_.]+/g, ' ').trim();
  return { name, label: words.charAt(0).toUpperCase() + words.slice(1) };
}
