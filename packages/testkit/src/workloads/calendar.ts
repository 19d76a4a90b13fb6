// Bayou's calendar: bookings with alternatives. Whoever loses a slot moves to the next one that is
// free (Terry et al., SOSP 1995, §4.3, merge procedures; scenario S8).
import type { Claims, View } from '@causeway/core';
import { defineApp, risk, safe } from '@causeway/core';
import { claims, yjs } from '@causeway/yjs';
import * as v from 'valibot';
import type { Random } from '../random.ts';
import { drawTextEdit } from './draw-edit.ts';
import { drawNonsense } from './draw-nonsense.ts';
import type { ModelClaim } from './model-claims.ts';
import {
  crowded,
  holdersOf,
  modelHolders,
  rejudge,
  settleClaims,
  shownHolders,
} from './model-claims.ts';
import { textIn, textsIn } from './read-args.ts';
import { trustView } from './trust-view.ts';
import type { Act, NaiveModel, Workload } from './workload.ts';

const hours = ['10', '11', '12', '13'] as const;
const people = ['ann', 'bob', 'eve'] as const;

interface Booking {
  readonly who: string;
}
const hour = v.picklist(hours);

const app = defineApp({
  name: 'sim-calendar',
  version: 1,
  document: yjs((doc) => ({ room: claims<Booking>(doc, 'room') })),
})
  .operations({
    /** The choice is always the first one, since it must be free where one books. */
    book: {
      args: v.object({ first: hour, others: v.array(hour), who: v.string() }),
      subjects: (a) => [a.first],
      requires: (doc, a) => doc.room.at(a.first) === undefined || 'taken',
      whenStale: 'keep',
      run: (doc, a) => doc.room.claim([a.first, ...a.others], { who: a.who }),
    },
    /** No promise was made: void when somebody else was first. */
    pencil: {
      args: v.object({ first: hour, who: v.string() }),
      subjects: (a) => [a.first],
      requires: (doc, a) => doc.room.at(a.first) === undefined || 'taken',
      run: (doc, a) => doc.room.claim([a.first], { who: a.who }),
    },
    cancel: {
      args: v.object({ claim: v.string(), first: hour }),
      subjects: (a) => [a.first],
      requires: (doc, a) => doc.room.get(a.claim)?.slot === a.first || 'not-there',
      run: (doc, a) => doc.room.release(a.claim),
    },
  })
  .invariants({
    noOverlap: {
      holds: (doc, slot) => doc.room.holders(slot).length <= 1,
      deficit: (doc, slot) => Math.max(0, doc.room.holders(slot).length - 1),
    },
  })
  .compensations({
    noOverlap: { settleMs: 1_000, restore: (doc, found) => void doc.room.settle(found.key) },
  })
  .policy({
    book: { noOverlap: risk() },
    pencil: { noOverlap: risk() },
    cancel: { noOverlap: safe() },
  });

interface CalendarState {
  claims: ModelClaim[];
}

const model: NaiveModel<CalendarState> = {
  initial: () => ({ claims: [] }),
  refusal({ claims }, { name, args }) {
    const first = textIn(args, 'first');
    if (name !== 'cancel') return holdersOf(claims, first).length === 0 ? undefined : 'taken';
    const named = claims.find(({ id }) => id === textIn(args, 'claim'));
    return named?.slot === first ? undefined : 'not-there';
  },
  isKept: ({ name }) => name === 'book',
  touches: ({ args }) => [{ invariant: 'noOverlap', key: textIn(args, 'first') }],
  apply(state, { id, name, args }) {
    if (name === 'cancel') {
      state.claims = state.claims.filter((claim) => claim.id !== textIn(args, 'claim'));
      return;
    }
    const slot = textIn(args, 'first');
    const wanted = name === 'book' ? [slot, ...textsIn(args, 'others')] : [slot];
    state.claims.push({ id, who: textIn(args, 'who'), wanted, slot, isMoved: false });
  },
  deficits: ({ claims }) => crowded(claims, hours, 'noOverlap'),
  compensate({ claims }, { key, deficit }) {
    if (deficit > 0) settleClaims(claims, key);
  },
  mended: (before, after) => ({
    redo: () => undefined,
    judge: ({ claims }) => rejudge(claims, { before: before.claims, after: after.claims }),
  }),
  content: ({ claims }) => ({ room: modelHolders(claims, hours) }),
};

type CalendarView = View<{ readonly room: Claims<Booking> }>;

/** One room, four hours, and bookings that would move. */
export const calendar: Workload<typeof app, CalendarState> = {
  name: 'calendar',
  app,
  draw(random, view) {
    if (random.chance(0.04)) return drawNonsense(random, ['book', 'pencil', 'cancel']);
    if (random.chance(0.1)) return drawTextEdit(random, 'minutes');
    return drawBooking(random, trustView<CalendarView>(view));
  },
  projection: (view) => ({ room: shownHolders(trustView<CalendarView>(view).room, hours) }),
  model,
};

function drawBooking(random: Random, { room }: CalendarView): Act {
  const held = hours.filter((hour) => room.at(hour) !== undefined);
  const isCancelling = held.length > 0 && random.chance(0.25 * held.length);
  if (isCancelling) {
    const first = random.pick(held);
    return { type: 'run', name: 'cancel', args: { claim: room.at(first)?.id ?? '', first } };
  }
  const first = random.pick(hours);
  const who = random.pick(people);
  if (random.chance(0.3)) return { type: 'run', name: 'pencil', args: { first, who } };
  const others = hours.filter(() => random.chance(0.4));
  return { type: 'run', name: 'book', args: { first, others, who } };
}
