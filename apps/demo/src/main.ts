// Opens the machines that the address asks for and shows them.
import type { CausewayDemo } from './causeway-demo.ts';
import { openDevice } from './device.ts';
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

async function start(): Promise<void> {
  const settings = readSettings(location);
  // A reload, and a link sent to somebody, open the same account.
  history.replaceState(null, '', addressOf(location, { document: settings.document }));
  const devices = await Promise.all(
    settings.machines.map((machine) => openDevice(machine, settings)),
  );
  showPage(devices, settings, document.body);
  const demo: CausewayDemo = {
    document: settings.document,
    account: settings.account,
    devices,
    device: (name) => devices.find((device) => device.name === name),
  };
  globalThis.causewayDemo = demo;
}

start().catch((error: unknown) => {
  const reason = error instanceof Error ? error.message : String(error);
  document.body.replaceChildren(
    el('p', { class: 'broken', role: 'alert' }, `This browser cannot open its database: ${reason}`),
  );
  reportError(error);
});
