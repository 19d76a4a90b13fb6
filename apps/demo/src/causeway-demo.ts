// What the page offers in the console, and to tests: `causewayDemo.device('harbour').plug.pull()`.
import type { Device } from './device.ts';

export interface CausewayDemo {
  readonly document: string;
  readonly account: string;
  /** In the order shown. */
  readonly devices: readonly DemoDevice[];
  device(name: string): DemoDevice | undefined;
}
/** `state` is what the card shows; `client` and `handle` are the library's own. */
export type DemoDevice = Pick<Device, 'name' | 'client' | 'handle' | 'plug' | 'state'>;
declare global {
  var causewayDemo: CausewayDemo | undefined;
}
