// Runs in the browser: one order as its customer sees it. Where something waits, it says what will be.
import { connect, type Handle } from '@causeway/client';
import { type ChargeApp, cardCharge, order, stateOf } from '../../../scenarios/card-charge.ts';
import { elementOf, offerPlace } from '../place.ts';

declare global {
  /** There once `openPlace` has resolved. */
  var customer: { readonly handle: Handle<ChargeApp> };
}

offerPlace(async ({ name, document: id, relay, bounds }) => {
  const client = connect({ app: cardCharge.app, url: relay, name, bounds });
  const handle = await client.open(id);
  globalThis.customer = { handle };
  const draw = (): void => {
    const preview = handle.overlays.current.map(({ values }) => values[order]);
    elementOf('order').textContent = String(preview.at(-1) ?? stateOf(handle.view, order));
  };
  handle.select((doc) => stateOf(doc, order)).subscribe(draw);
  handle.overlays.subscribe(draw);
  handle.notices.subscribe((notices) => {
    elementOf('told').textContent = notices.map(({ to, why }) => `${to} ${why}`).join('; ');
  });
  return handle;
});
