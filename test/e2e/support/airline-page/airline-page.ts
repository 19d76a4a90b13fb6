// Runs in the browser: a counter of an airline. Who sits where, who got a voucher, and what no rule
// decides: a question, with a button for each answer.
import { connect, type Handle, workSigns } from '@causeway/client';
import { type AirlineApp, everybodysAirline, flight } from '../../../scenarios/airline.ts';
import { drawAsTheyStand, elementOf, lineOf, offerPlace } from '../place.ts';

type Item = Handle<AirlineApp>['inbox']['current'][number];
declare global {
  /** There once `openPlace` has resolved. */
  var counter: { readonly handle: Handle<AirlineApp> };
}

offerPlace(async ({ name, document: id, relay, bounds }) => {
  const client = connect({ app: everybodysAirline, url: relay, name, bounds });
  const handle = await client.open(id);
  globalThis.counter = { handle };
  const seats = handle.select((doc) => [...doc.seats.all()].map(({ id }) => id));
  drawAsTheyStand(handle, seats, draw);
  handle.select((doc) => [...doc.vouchers.keys()]).subscribe(draw);
  handle.inbox.subscribe((items) => elementOf('asked').replaceChildren(...items.map(question)));
  return handle;
});

function draw(): void {
  const { handle } = globalThis.counter;
  const { seats, vouchers } = handle.view;
  const lines = seats.holders(flight).map(({ id, value }) => {
    const sign = workSigns[handle.statusOf(id).current ?? 'confirmed'];
    return lineOf(sign, value);
  });
  elementOf('seats').replaceChildren(...lines);
  elementOf('vouchers').textContent = [...vouchers.keys()].join(', ');
}

/** The question, what one may answer, and what was answered here and is not heard yet. */
function question({ case: id, question, choices, chosen }: Item): HTMLElement {
  const { inbox } = globalThis.counter.handle;
  const asked = document.createElement('article');
  asked.append(Object.assign(document.createElement('h2'), { textContent: question }));
  for (const label of choices) {
    const button = Object.assign(document.createElement('button'), { textContent: label });
    button.addEventListener('click', () => inbox.choose(id, label));
    asked.append(button);
  }
  for (const { label } of chosen) {
    asked.append(lineOf(workSigns.delayed, `answered here: ${label}`));
  }
  return asked;
}
