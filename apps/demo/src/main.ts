// Opens the machines that the address asks for and shows them.
import { type Device, openDevice } from './device.ts';
import { addressOf, readSettings } from './settings.ts';
import './styles/tokens.css';
import './styles/base.css';
import './styles/layout.css';
import './styles/guide.css';
import './styles/device.css';
import './styles/balance.css';
import './styles/teller.css';
import './styles/slips.css';
import './styles/cases.css';
import './styles/story.css';
import './styles/motion.css';
import { el } from './view/element.ts';
import { showPage } from './view/page.ts';

/** For tests and for the curious in the console: `causewayDemo.device('harbour').plug.pull()`. */
export interface CausewayDemo {
  readonly document: string;
  readonly account: string;
  /** In the order shown. */
  readonly devices: readonly DemoDevice[];
  device(name: string): DemoDevice | undefined;
}
/** `state` is what the card shows; `client` and `handle` are the library's own. */
type DemoDevice = Pick<Device, 'name' | 'client' | 'handle' | 'plug' | 'state'>;
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
    devices,
    device: (name) => devices.find((device) => device.name === name),
  };
}

start().catch((error: unknown) => {
  const reason = error instanceof Error ? error.message : String(error);
  document.body.replaceChildren(
    el('p', { class: 'broken', role: 'alert' }, `This browser cannot open its database: ${reason}`),
  );
  reportError(error);
});
