// Two short walks through the demonstration. Their buttons do what a visitor's hand would do: pull
// plugs and run operations, on the real replicas, waiting for what these really report.
import type { RefusalReason } from '@causeway/core';
import type { Device, DeviceState } from './device.ts';
import type { Slip } from './tape.ts';
import { money } from './words.ts';

export interface Step {
  readonly label: string;
  readonly run: () => Promise<void>;
}
export interface Walk {
  readonly title: string;
  readonly promise: string;
  readonly steps: readonly Step[];
}
/** Shows a refusal where a person at that machine would look for it. */
export type ShowRefusal = (device: Device, refusal: RefusalReason | undefined) => void;

/** The walks that these machines allow. */
export function planWalks(devices: readonly Device[], showRefusal: ShowRefusal): readonly Walk[] {
  const [first, second] = devices;
  if (!first) return [];
  const act = async (device: Device, name: Slip['name'], cents: number): Promise<void> => {
    showRefusal(device, await device.run(name, cents));
  };
  const limit = limitWalk(first, act);
  return second ? [overdraftWalk(first, second, act), limit] : [limit];
}

type Act = (device: Device, name: Slip['name'], cents: number) => Promise<void>;

function overdraftWalk(first: Device, second: Device, act: Act): Walk {
  const both = [first, second];
  return {
    title: 'Overdraw together',
    promise: 'Two machines that cannot see each other pay out 80.00 each from 100.00.',
    steps: [
      { label: 'Unplug two machines', run: () => pull(both) },
      {
        label: 'Withdraw 80.00 at each',
        run: async () => {
          await topUp(both, 80_00);
          for (const device of both) await act(device, 'withdraw', 80_00);
        },
      },
      { label: 'Plug both in', run: () => insert(both) },
    ],
  };
}

function limitWalk(device: Device, act: Act): Walk {
  const goal = 500_00;
  return {
    title: 'Meet the limit',
    promise: `A machine that is cut off pays out ${money(200_00)} at most, net of deposits.`,
    steps: [
      {
        label: `Fill up to ${money(goal)}`,
        run: async () => {
          await insert([device]);
          await topUp([device], goal);
          await waitFor(device, (state) => state.remaining === 200_00);
        },
      },
      { label: `Unplug ${device.label}`, run: () => pull([device]) },
      {
        label: 'Withdraw 150, deposit 40, withdraw 80',
        run: async () => {
          await act(device, 'withdraw', 150_00);
          await act(device, 'deposit', 40_00);
          await act(device, 'withdraw', 80_00);
        },
      },
      { label: 'Ask for 20 more', run: () => act(device, 'withdraw', 20_00) },
      { label: 'Plug in', run: () => insert([device]) },
    ],
  };
}

/** A walk can begin anywhere: what is missing is paid in first, openly, as a deposit. */
async function topUp(devices: readonly Device[], cents: number): Promise<void> {
  for (const device of devices) {
    const missing = cents - device.state.balance;
    if (missing > 0) await device.run('deposit', missing);
  }
}

async function pull(devices: readonly Device[]): Promise<void> {
  for (const device of devices) device.plug.pull();
  await Promise.all(devices.map((device) => waitFor(device, ({ mode }) => mode === 'partitioned')));
}

async function insert(devices: readonly Device[]): Promise<void> {
  for (const device of devices) device.plug.insert();
  await Promise.all(devices.map((device) => waitFor(device, ({ mode }) => mode === 'connected')));
}

/** Waits until a machine says so, but never for ever: a walk must not hang. */
function waitFor(device: Device, test: (state: DeviceState) => boolean): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const timer = setTimeout(resolve, 15_000);
  const stop = device.subscribe((state) => {
    if (test(state)) resolve();
  });
  return promise.finally(() => {
    clearTimeout(timer);
    stop();
  });
}
