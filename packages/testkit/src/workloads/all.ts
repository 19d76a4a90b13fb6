// Every fixed workload, by name. Drawn ones come from `randomWorkload`.
import { bank } from './bank.ts';
import { calendar } from './calendar.ts';
import { cart } from './cart.ts';
import { orders } from './orders.ts';
import { seats } from './seats.ts';
import { text } from './text.ts';
import type { Workload } from './workload.ts';

/** The applications of the scenarios, each with people and, where it has rules, a model. */
export const workloads: readonly Workload[] = [bank, seats, calendar, cart, orders, text];
