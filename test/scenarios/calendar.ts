// Bayou's calendar (Terry et al., SOSP 1995): one room, bookings with alternatives. What a person is
// shown of a booking is made here of what the engine tells, as an application would.
import type { Json, View } from '@causeway/core';
import { defineApp, nextAlternative, oneHolder, risk } from '@causeway/core';
import type { ModelOperation, NaiveModel, SimulatedDevice } from '@causeway/testkit';
import { claims, yjs } from '@causeway/yjs';
import * as v from 'valibot';
import { memberOf } from './member-of.ts';
import type { Setting } from './stage.ts';

const slot = v.string();
const app = defineApp({
  name: 'scenario-calendar',
  version: 1,
  document: yjs((doc) => ({ room: claims<string>(doc, 'room') })),
})
  .operations({
    book: {
      args: v.object({ slots: v.tupleWithRest([slot], slot), who: v.string() }),
      subjects: (a) => a.slots,
      /** One of them is free: so it may move, and is refused where none is. */
      requires: (doc, a) => a.slots.some((one) => doc.room.at(one) === undefined) || 'none-free',
      run: (doc, a) => doc.room.claim(a.slots, a.who),
    },
  })
  .invariants({ noOverlap: oneHolder((doc) => doc.room) })
  .compensations({
    noOverlap: { settleMs: 1_000, restore: nextAlternative((doc) => doc.room) },
  })
  .policy({ book: { noOverlap: risk() } });
export type CalendarApp = typeof app;

interface Booking {
  readonly id: string;
  readonly who: string;
  readonly slots: readonly string[];
  at: string | undefined;
}

const slotsOf = ({ args }: ModelOperation): readonly string[] => {
  const slots = memberOf(args, 'slots');
  return Array.isArray(slots) ? slots.map(String) : [];
};

const model: NaiveModel<Booking[]> = {
  initial: () => [],
  refusal(bookings, operation) {
    const isFree = (one: string): boolean => !bookings.some(({ at }) => at === one);
    return slotsOf(operation).some(isFree) ? undefined : 'none-free';
  },
  isKept: () => false,
  touches: (operation) => slotsOf(operation).map((key) => ({ invariant: 'noOverlap', key })),
  apply(bookings, operation) {
    const { id, args } = operation;
    const slots = slotsOf(operation);
    const seen = bookings.filter((other) => operation.hasSeen(other.id as typeof id));
    const free = slots.find((one) => !seen.some(({ at }) => at === one));
    bookings.push({ id, slots, who: String(memberOf(args, 'who')), at: free ?? slots[0] });
  },
  deficits(bookings) {
    const keys = [...new Set(bookings.map(({ at }) => at))].filter((at) => at !== undefined);
    const deficitOf = (key: string) => bookings.filter(({ at }) => at === key).length - 1;
    return keys
      .map((key) => ({ invariant: 'noOverlap', key, deficit: deficitOf(key) }))
      .filter(({ deficit }) => deficit > 0);
  },
  compensate(bookings, { key }) {
    for (const loser of bookings.filter(({ at }) => at === key).slice(1)) {
      loser.at = loser.slots.find((one) => !bookings.some(({ at }) => at === one));
    }
  },
  mended: (before, after) => ({
    redo: () => undefined,
    judge(bookings) {
      for (const { id, at } of after) {
        const [was, now] = [before, bookings].map((list) => list.find((one) => one.id === id));
        if (now && was?.at !== at) now.at = at;
      }
    },
  }),
  content: (bookings) => toRoom(bookings.flatMap(({ at, who }) => (at ? [[at, who]] : []))),
};

type Shown = View<{ readonly room: ReturnType<typeof claims<string>> }>;

export const calendar: Setting<CalendarApp> = {
  app,
  judge: {
    model,
    projection: (view) =>
      toRoom(
        [...(view as Shown).room.all()].flatMap((one) =>
          one.slot === undefined ? [] : [[one.slot, one.value]],
        ),
      ),
  },
};

function toRoom(pairs: readonly (readonly string[])[]): Json {
  return pairs.map((pair) => pair.join(' ')).sort();
}

/** Who has which slot on this device. */
export function roomAt({ handle }: SimulatedDevice<CalendarApp>): Json {
  return calendar.judge.projection(handle.view);
}

/** A booking on the screen: never by colour alone. */
export interface ShownBooking {
  readonly class: string;
  readonly icon: string;
  readonly words: string;
}

/** What this device shows of a booking, from its receipt and from the view alone. */
export function showBooking(
  { handle }: SimulatedDevice<CalendarApp>,
  id: string,
): ShownBooking | undefined {
  const claim = handle.view.room.get(id);
  const rung = handle.receipt(id)?.state.current;
  if (!claim || !rung) return undefined;
  const { slot, verdict } = claim;
  switch (rung.type) {
    case 'confirmed':
      return { class: 'confirmed', icon: '✓', words: `${slot}, confirmed` };
    case 'compensated':
      return { class: `compensated ${verdict}`, icon: '→', words: `moved to ${slot}` };
    case 'refused':
      return { class: 'refused', icon: '✗', words: `not booked: ${rung.code}` };
    default:
      return { class: 'tentative', icon: '…', words: `${slot}, not confirmed yet` };
  }
}

/** What a person is told while the page stays open: each change of what was shown before. */
export function tellChanges(device: SimulatedDevice<CalendarApp>, id: string): readonly string[] {
  const told: string[] = [];
  let shown = showBooking(device, id);
  const look = (): void => {
    const now = showBooking(device, id);
    if (now && shown && now.words !== shown.words) told.push(`${shown.words} → ${now.words}`);
    shown = now ?? shown;
  };
  device.handle.select((doc) => doc.room.get(id)).subscribe(look);
  device.handle.receipt(id)?.state.subscribe(look);
  return told;
}
