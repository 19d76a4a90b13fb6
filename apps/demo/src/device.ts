// One cash machine: a complete replica with its own database and its own cable, as one value that the
// page draws. Everything in it comes from the engine; the page keeps no second truth.
import { type Client, connect, type Handle } from '@causeway/client';
import type { CaseRecord, Mode, RefusalReason } from '@causeway/core';
import { app, limitCents } from './bank.ts';
import { createChanges } from './changes.ts';
import { createPlug, type Plug } from './plug.ts';
import type { Machine, Settings } from './settings.ts';
import { type OperationLine, openSlips, type Slips } from './slips.ts';
import { type Dispensed, isDispensed, openTape, type Slip } from './tape.ts';

export interface DeviceState {
  readonly mode: Mode;
  readonly why: string;
  readonly isPlugged: boolean;
  readonly balance: number;
  readonly owed: number;
  /** What of the balance the bank has not committed yet. */
  readonly tentative: number;
  readonly isTentative: boolean;
  /** Of the stand-in limit. */
  readonly remaining: number;
  readonly storage: string;
  readonly pending: number;
  readonly unsaved: number;
  readonly synced: boolean;
  /** Newest first. */
  readonly operations: readonly OperationLine[];
  readonly dispensed: readonly Dispensed[];
  readonly cases: readonly CaseRecord[];
}
export interface Device extends Machine {
  readonly plug: Plug;
  readonly client: Client<typeof app>;
  readonly handle: Handle<typeof app>;
  readonly state: DeviceState;
  /** Calls back at once and after each turn in which something changed. Returns unsubscribe. */
  subscribe(listener: (state: DeviceState) => void): () => void;
  /** Resolves with the refusal, or with undefined once the operation is saved. */
  run(name: Slip['name'], cents: number): Promise<RefusalReason | undefined>;
}

/** Opens a machine. Needs no network: what this browser kept is there at once. */
export async function openDevice(machine: Machine, settings: Settings): Promise<Device> {
  const changes = createChanges<DeviceState>();
  const place = `causeway-demo/${settings.document}/${machine.name}`;
  const drawer = openTape({
    place: `${place}/cash`,
    storage: localStorage,
    isItem: isDispensed,
    onChange: changes.note,
  });
  const plug = createPlug({ place: `${place}/plug`, storage: sessionStorage });
  const client = connect({
    app,
    url: settings.relay,
    name: machine.name,
    WebSocket: plug.WebSocket,
    effects: {
      dispense: async ({ cents }, { key }) => {
        drawer.add({ key, cents, wallMs: Date.now() });
        changes.note();
      },
    },
  });
  const handle = await client.open(settings.document);
  const slips = openSlips(handle, place, changes.note);
  const { account } = settings;
  const money = handle.select((bank) => ({
    balance: bank.balance.get(account),
    owed: bank.owed.get(account),
  }));
  const read = (): DeviceState => ({
    ...modeOf(handle),
    isPlugged: plug.isPlugged,
    ...money.current.value,
    tentative: tentativeCents(handle, account),
    isTentative: money.current.tentative,
    remaining: remainingCents(handle, account),
    operations: slips.lines(),
    dispensed: drawer.items,
    cases: handle.cases.current.filter(({ key }) => key === account),
  });
  const state = changes.follow(read);
  for (const live of [money, handle.status, handle.pending, handle.limits, handle.cases]) {
    live.subscribe(changes.note);
  }
  plug.subscribe(changes.note);
  return {
    ...machine,
    plug,
    client,
    handle,
    get state() {
      return state.current;
    },
    subscribe: state.subscribe,
    run: (name, cents) => runHere(handle, slips, { name, cents, account, at: machine.label }),
  };
}

async function runHere(
  handle: Handle<typeof app>,
  slips: Slips,
  act: Pick<Slip, 'name' | 'cents'> & { readonly account: string; readonly at: string },
): Promise<RefusalReason | undefined> {
  const { name, ...args } = act;
  const receipt = handle.run(name, args);
  slips.add({ key: receipt.id, name, cents: act.cents, wallMs: Date.now() }, receipt);
  const saved = await receipt.saved;
  return saved.type === 'refused' ? saved : undefined;
}

function modeOf(handle: Handle<typeof app>) {
  const { mode, why, storage, pending, unsaved, synced } = handle.status.current;
  return { mode, why, storage, pending, unsaved, synced };
}

/** The sum of what waits: exactly what the balance would lose if this machine never came back. */
function tentativeCents(handle: Handle<typeof app>, account: string): number {
  let sum = 0;
  for (const { name, args } of handle.pending.current) {
    if (typeof args !== 'object' || args === null || !('cents' in args)) continue;
    if (args['account'] !== account) continue;
    sum += (name === 'withdraw' ? -1 : 1) * Number(args['cents']);
  }
  return sum;
}

function remainingCents(handle: Handle<typeof app>, account: string): number {
  const row = handle.limits.current.find(
    ({ invariant, key }) => invariant === 'covered' && key === account,
  );
  return limitCents - (row?.used ?? 0);
}
