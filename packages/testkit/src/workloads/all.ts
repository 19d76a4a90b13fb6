// Every fixed workload, by name. Drawn ones come from `randomWorkload`.
import { bank } from './bank.ts';
import { branch } from './branch.ts';
import { calendar } from './calendar.ts';
import { cart } from './cart.ts';
import { listing } from './listing.ts';
import { orders } from './orders.ts';
import { seats } from './seats.ts';
import { stock } from './stock.ts';
import { text } from './text.ts';
import { trips } from './trips.ts';
import { wiki } from './wiki.ts';
import type { Workload } from './workload.ts';

/** The applications of the scenarios, each with people and, where it has rules, a model. */
export const workloads: readonly Workload[] = [
  bank,
  seats,
  calendar,
  cart,
  orders,
  text,
  branch,
  stock,
  wiki,
  listing,
  trips,
];
