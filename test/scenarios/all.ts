// Every scenario of the specification, in its order.
import { notYet } from './not-yet.ts';
import { atmLimit } from './s01-atm-limit.ts';
import { boundedOverdraft } from './s02-bounded-overdraft.ts';
import { retroactiveOverdraft } from './s03-retroactive-overdraft.ts';
import { shoppingCart } from './s07-shopping-cart.ts';
import { bayouCalendar } from './s08-bayou-calendar.ts';
import { textMerge } from './s09-text-merge.ts';
import { oneSidedPartition } from './s11-one-sided-partition.ts';
import { slowIsPartition } from './s14-slow-is-partition.ts';
import { tableCompleteness } from './s16-table-completeness.ts';
import { versionVectors } from './s17-version-vectors.ts';
import { boundedAddition } from './s18-bounded-addition.ts';
import { severalDiscoverers } from './s21-several-discoverers.ts';
import { historyOverState } from './s25-history-over-state.ts';
import { checkKiting } from './s27-check-kiting.ts';
import type { Scenario } from './scenario.ts';

const numberOf = ({ id }: Scenario): number => Number(id.slice(1));

export const scenarios: readonly Scenario[] = [
  atmLimit,
  boundedOverdraft,
  retroactiveOverdraft,
  shoppingCart,
  bayouCalendar,
  textMerge,
  oneSidedPartition,
  slowIsPartition,
  tableCompleteness,
  versionVectors,
  boundedAddition,
  severalDiscoverers,
  historyOverState,
  checkKiting,
  ...notYet,
].sort((a, b) => numberOf(a) - numberOf(b));
