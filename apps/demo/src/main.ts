// Opens the machines that the address asks for and shows them.
import type { Client, Handle } from '@causeway/client';
import type { app } from './bank.ts';
import { type Device, openDevice } from './device.ts';
import type { Plug } from './plug.ts';
import { addressOf, readSettings } from './settings.ts';
import './styles/tokens.css';
import './styles/base.css';
import './styles/layout.css';
import './styles/device.css';
import './styles/teller.css';
import './styles/slips.css';
import './styles/cases.css';
import './styles/story.css';
import './styles/motion.css';
import { el } from './view/element.ts';
import { showPage } from './view/page.ts';

/** For tests and for the curious in the console: `causewayDemo.devices.harbour.plug.pull()`. */
export interface CausewayDemo {
  readonly document: string;
  readonly account: string;
  readonly devices: Readonly<Record<string, DemoDevice>>;
}
interface DemoDevice {
  readonly client: Client<typeof app>;
  readonly handle: Handle<typeof app>;
  readonly plug: Plug;
  /** What its card shows. */
  readonly state: Device['state'];
}
declare global {
  var causewayDemo: CausewayDemo | undefined;
}

async function start(): Promise<void> {
  const settings = readSettings(location);
  // A reload, and a link sent to somebody, open the same account.
  history.replaceState(null, '', addressOf(location, { document: settings.document }));
  const devices = await Promise.all(
    settings.machines.map((machine) => openDevice(machine, settings)),
  );
  showPage(devices, settings, document.body);
  globalThis.causewayDemo = {
    document: settings.document,
    account: settings.account,
    devices: Object.fromEntries(devices.map((device) => [device.name, device])),
  };
}

start().catch((error: unknown) => {
  const reason = error instanceof Error ? error.message : String(error);
  document.body.replaceChildren(
    el('p', { class: 'broken', role: 'alert' }, `This browser cannot open its database: ${reason}`),
  );
  reportError(error);
});
