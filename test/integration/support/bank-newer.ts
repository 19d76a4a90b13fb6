// The demonstration's bank, a version later: with a rule that nobody kept before.
import type { AppDefinition } from '@causeway/core';
import { app as bank } from '@causeway/demo/bank';

interface Balances {
  readonly balance: { get(account: string): number };
}

const definition: AppDefinition = {
  ...bank.definition,
  version: 2,
  invariants: {
    ...bank.definition.invariants,
    /** Below 50.00 somebody should call. */
    comfortable: { holds: (doc, account) => (doc as Balances).balance.get(account) >= 50_00 },
  },
};

export const app = { name: 'bank', version: 2, definition };
