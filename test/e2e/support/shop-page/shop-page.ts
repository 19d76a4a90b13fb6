// Runs in the browser: a shop's till. It prints a confirmation at once, also while it is cut off, and
// shows of each order what is true of it now.
import { connect, type Handle, workSigns } from '@causeway/client';
import { type ShopApp, shop } from '../../../scenarios/shop.ts';
import { drawAsTheyStand, elementOf, lineOf, offerPlace } from '../place.ts';

declare global {
  /** There once `openPlace` has resolved. */
  var till: { readonly handle: Handle<ShopApp> };
}

offerPlace(async ({ name, document: id, relay, bounds }) => {
  const effects = {
    async confirmation({ number }: { readonly number: string }) {
      elementOf('printed').append(lineOf(workSigns.tentative, number));
    },
  };
  const client = connect({ app: shop.app, url: relay, name, bounds, effects });
  const handle = await client.open(id);
  globalThis.till = { handle };
  const orders = handle.select((doc) => [...doc.orders.all()].map(({ id }) => id));
  drawAsTheyStand(handle, orders, draw);
  handle.select((doc) => [...doc.coupons.keys()]).subscribe(draw);
  return handle;
});

function draw(): void {
  const { handle } = globalThis.till;
  const { orders, coupons } = handle.view;
  const named = [...orders.all()].map(({ id, slot, value }) => {
    const sign = workSigns[handle.statusOf(id).current ?? 'confirmed'];
    return { sign, what: `${slot ?? 'cancelled'} of ${value.who}` };
  });
  named.sort((one, other) => one.what.localeCompare(other.what));
  const lines = named.map(({ sign, what }) => lineOf(sign, what));
  elementOf('orders').replaceChildren(...lines);
  elementOf('coupons').textContent = [...coupons.keys()].join(', ');
}
