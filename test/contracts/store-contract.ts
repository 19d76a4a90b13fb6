// What every store of a client must do, whatever keeps it. Call describeReplicaStore with a way to
// make databases, each of which several stores can be opened on: the tabs of one profile.
import type { ReplicaStore } from '@causeway/client';
import { afterEach, beforeEach, describe, it } from 'vitest';
import type { OpenTab } from './store-claim.ts';
import { storeIntents } from './store-intents.ts';
import { storeLimits } from './store-limits.ts';
import { storeLog } from './store-log.ts';
import { storeResults } from './store-results.ts';
import { storeRights } from './store-rights.ts';
import { storeSaving } from './store-saving.ts';
import { storeTabs } from './store-tabs.ts';
import { replica } from './store-values.ts';

/** Runs the contract. `makeDatabase` makes an empty database and answers how to make stores on it. */
export function describeReplicaStore(name: string, makeDatabase: () => () => ReplicaStore): void {
  describe(`client store: ${name}`, () => {
    const tabs: ReplicaStore[] = [];
    let makeStore: () => ReplicaStore;
    beforeEach(() => {
      makeStore = makeDatabase();
    });
    afterEach(() => Promise.all(tabs.splice(0).map((tab) => tab.close())));
    const open: OpenTab = async () => {
      const tab = makeStore();
      tabs.push(tab);
      await tab.open({ fresh: replica });
      return tab;
    };
    for (const [claim, check] of Object.entries({
      ...storeSaving,
      ...storeLimits,
      ...storeLog,
      ...storeTabs,
      ...storeIntents,
      ...storeResults,
      ...storeRights,
    })) {
      it(claim, () => check(open));
    }
  });
}
