// Two short walks through the demonstration. Their buttons do what a visitor's hand would do: pull
// plugs and run operations, on the real replicas, waiting for what these really report.
import type { RefusalReason } from '@causeway/core';
import { limitCents } from './bank.ts';
import type { Device, DeviceState } from './device.ts';
import type { Slip } from './tape.ts';
import { money } from './words.ts';

export interface Step {
  readonly label: string;
  /** Resolves with false when the machines did not get there in time. */
  readonly run: () => Promise<boolean>;
}
export interface Walk {
  readonly title: string;
  readonly promise: string;
  readonly steps: readonly Step[];
  /** False where this account's past would spoil the point: a debt, say, that covers an overdraft. */
  readonly canBegin: () => boolean;
}
/** Shows a refusal where a person at that machine would look for it. */
export type ShowRefusal = (device: Device, refusal: RefusalReason | undefined) => void;

/** The walks that these machines allow. */
export function planWalks(devices: readonly Device[], showRefusal: ShowRefusal): readonly Walk[] {
  const [first, second] = devices;
  if (!first) return [];
  const act: Act = async (device, name, cents) => {
    showRefusal(device, await device.run(name, cents));
    return true;
  };
  const limit = limitWalk(first, act);
  return second ? [overdraftWalk(first, second, act), limit] : [limit];
}

type Act = (device: Device, name: Slip['name'], cents: number) => Promise<boolean>;

function overdraftWalk(first: Device, second: Device, act: Act): Walk {
  const both = [first, second];
  return {
    title: 'Overdraw together',
    promise: 'Two machines, each on its own, pay out 80.00 from 100.00.',
    canBegin: () => both.every(({ state }) => state.owed === 0),
    steps: [
      {
        label: 'Unplug two',
        run: async () => (await bringTo(both, 100_00)) && pull(both),
      },
      {
        label: 'Withdraw 80 each',
        run: async () => {
          for (const device of both) await act(device, 'withdraw', 80_00);
          return true;
        },
      },
      { label: 'Plug both in', run: () => insert(both) },
    ],
  };
}

function limitWalk(device: Device, act: Act): Walk {
  return {
    title: 'Meet the limit',
    promise: `A machine that is cut off pays out ${money(limitCents)} at most, net of deposits.`,
    canBegin: () => true,
    steps: [
      { label: 'Fill to 500', run: () => bringTo([device], 500_00) },
      { label: 'Unplug', run: () => pull([device]) },
      {
        label: '−150, +40, −80',
        run: async () => {
          await act(device, 'withdraw', 150_00);
          await act(device, 'deposit', 40_00);
          return act(device, 'withdraw', 80_00);
        },
      },
      { label: '−20 more', run: () => act(device, 'withdraw', 20_00) },
      { label: 'Plug in', run: () => insert([device]) },
    ],
  };
}

/** A walk can begin at any balance: what is missing is paid in first, what is too much taken out. */
async function bringTo(devices: readonly Device[], cents: number): Promise<boolean> {
  const [first] = devices;
  if (!first || !(await insert(devices))) return false;
  const missing = cents - first.state.balance;
  if (missing > 0) await first.run('deposit', missing);
  if (missing < 0) await first.run('withdraw', -missing);
  return reach(devices, (state) => state.balance === cents && state.remaining === limitCents);
}

function pull(devices: readonly Device[]): Promise<boolean> {
  for (const device of devices) device.plug.pull();
  return reach(devices, ({ mode }) => mode === 'partitioned');
}

function insert(devices: readonly Device[]): Promise<boolean> {
  for (const device of devices) device.plug.insert();
  return reach(devices, ({ mode, pending }) => mode === 'connected' && pending === 0);
}

async function reach(devices: readonly Device[], test: Test): Promise<boolean> {
  const all = await Promise.all(devices.map((device) => waitFor(device, test)));
  return all.every(Boolean);
}

type Test = (state: DeviceState) => boolean;

/** Waits until a machine says so, but never for ever: a walk must not hang. */
function waitFor(device: Device, test: Test): Promise<boolean> {
  const { promise, resolve } = Promise.withResolvers<boolean>();
  const timer = setTimeout(() => resolve(false), 15_000);
  const stop = device.subscribe((state) => {
    if (test(state)) resolve(true);
  });
  return promise.finally(() => {
    clearTimeout(timer);
    stop();
  });
}
