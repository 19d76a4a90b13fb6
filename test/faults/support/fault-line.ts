// A relay in this process, a line to it that can be broken, and the book of what devices were told.
import { type Relay, type RelayLimits, startRelay } from '@causeway/relay';
import { bank, FaultWorld } from './fault-world.ts';
import { type FaultyProxy, startFaultyProxy } from './faulty-proxy.ts';

export interface FaultLine {
  readonly world: FaultWorld;
  readonly relay: Relay;
  readonly proxy: FaultyProxy;
  close(): Promise<void>;
}

export async function openFaultLine(limits: Partial<RelayLimits> = {}): Promise<FaultLine> {
  const world = new FaultWorld();
  await world.open();
  // What a bad line makes the relay say is what these tests bring about.
  const onEvent = () => undefined;
  const relay = await startRelay({ data: world.data, port: 0, app: bank, limits, onEvent });
  const proxy = await startFaultyProxy(relay.port);
  return {
    world,
    relay,
    proxy,
    async close() {
      await world.close();
      await proxy.close();
      await relay.close();
    },
  };
}
