// Every scenario of the specification, in its order.
import { notYet } from './not-yet.ts';
import { atmLimit } from './s01-atm-limit.ts';
import { boundedOverdraft } from './s02-bounded-overdraft.ts';
import { retroactiveOverdraft } from './s03-retroactive-overdraft.ts';
import { duplicateOrder } from './s04-duplicate-order.ts';
import { uniqueKey } from './s05-unique-key.ts';
import { airlineOverbooking } from './s06-airline-overbooking.ts';
import { shoppingCart } from './s07-shopping-cart.ts';
import { bayouCalendar } from './s08-bayou-calendar.ts';
import { textMerge } from './s09-text-merge.ts';
import { delayedCardCharge } from './s10-delayed-card-charge.ts';
import { oneSidedPartition } from './s11-one-sided-partition.ts';
import { sagaAbort } from './s12-saga-abort.ts';
import { slowIsPartition } from './s14-slow-is-partition.ts';
import { drunkDialing } from './s15-drunk-dialing.ts';
import { tableCompleteness } from './s16-table-completeness.ts';
import { versionVectors } from './s17-version-vectors.ts';
import { boundedAddition } from './s18-bounded-addition.ts';
import { manualConflict } from './s19-manual-conflict.ts';
import { secondFailure } from './s20-second-failure.ts';
import { severalDiscoverers } from './s21-several-discoverers.ts';
import { retryIsAChoice } from './s22-retry-is-a-choice.ts';
import { homeNode } from './s23-home-node.ts';
import { historyOverState } from './s25-history-over-state.ts';
import { bulkUpdate } from './s26-bulk-update.ts';
import { checkKiting } from './s27-check-kiting.ts';
import type { Scenario } from './scenario.ts';

const numberOf = ({ id }: Scenario): number => Number(id.slice(1));

export const scenarios: readonly Scenario[] = [
  atmLimit,
  boundedOverdraft,
  retroactiveOverdraft,
  duplicateOrder,
  uniqueKey,
  airlineOverbooking,
  shoppingCart,
  bayouCalendar,
  textMerge,
  delayedCardCharge,
  oneSidedPartition,
  sagaAbort,
  slowIsPartition,
  drunkDialing,
  tableCompleteness,
  versionVectors,
  boundedAddition,
  manualConflict,
  secondFailure,
  severalDiscoverers,
  retryIsAChoice,
  homeNode,
  historyOverState,
  bulkUpdate,
  checkKiting,
  ...notYet,
].sort((a, b) => numberOf(a) - numberOf(b));
