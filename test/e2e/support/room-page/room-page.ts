// Runs in the browser: the bookings of a room as a person sees them. What is not confirmed yet says so in
// words, and what turned out otherwise is told without a reload.
import { connect, type Handle, workSigns } from '@causeway/client';
import type { OperationId } from '@causeway/core';
import { drawAsTheyStand, elementOf, offerPlace } from '../place.ts';
import { app } from './room.ts';

declare global {
  /** There once `openPlace` has resolved. */
  var room: { readonly handle: Handle<typeof app> };
}

offerPlace(async ({ name, document: id, relay, bounds }) => {
  const client = connect({ app, url: relay, name, bounds });
  const handle = await client.open(id);
  globalThis.room = { handle };
  const bookings = handle.select((doc) => [...doc.room.all()].map(({ id }) => id));
  drawAsTheyStand(handle, bookings, draw);
  handle.select((doc) => [...doc.room.all()].map(({ slot }) => slot)).subscribe(draw);
  return handle;
});

function draw(): void {
  const { handle } = globalThis.room;
  const lines = [...handle.view.room.all()].map((claim) => bookingLine(claim.id, claim.slot));
  elementOf('bookings').replaceChildren(...lines);
}

function bookingLine(id: OperationId, slot: string | undefined): HTMLElement {
  const { handle } = globalThis.room;
  const claim = handle.view.room.get(id);
  const sign = workSigns[handle.statusOf(id).current ?? 'confirmed'];
  const line = document.createElement('li');
  line.className = sign.class;
  line.dataset['who'] = claim?.value ?? '';
  line.textContent = `${sign.icon} ${slot ?? 'no slot'} ${claim?.value}: ${sign.words}`;
  return line;
}
