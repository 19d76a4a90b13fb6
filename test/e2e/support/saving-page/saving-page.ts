// Runs in the browser: a machine of the demonstration's bank on the client's own IndexedDB store, which
// stops for good in the middle of a save when it is told to. What a test must not miss it says by a
// synchronous request: that is out before the next line runs, whatever dies then.
import { type Client, connect, type Handle, indexedDbStore } from '@causeway/client';
import type { StoredDocument } from '@causeway/core';
import { app } from '@causeway/demo/bank';

/** Which machine, and which account book. */
export interface Profile {
  readonly name: string;
  readonly document: string;
}
export interface SavingMachine {
  readonly client: Client<typeof app>;
  readonly handle: Handle<typeof app>;
  withdraw(cents: number): ReturnType<Handle<typeof app>['run']>;
  deposit(cents: number): ReturnType<Handle<typeof app>['run']>;
  /** Stops for good at a step: at the n-th of the next save, or at the first of this name. */
  stopAt(step: number | string): void;
  /** The steps since then, by name. */
  readonly steps: readonly string[];
  /** Deposits 2 cents and withdraws 1, again and again, and announces each save. */
  work(): Promise<never>;
  /** Resolves with what is kept when everything that was asked of the store by now is done. */
  settled(): Promise<StoredDocument>;
}
declare global {
  /** What the profile's database holds, untouched by any client. */
  var loadKept: (profile: Profile) => Promise<StoredDocument>;
  /** `isOffline`: not connected until it is told to be. */
  var openMachine: (profile: Profile, o: { readonly isOffline: boolean }) => Promise<SavingMachine>;
  var machine: SavingMachine | undefined;
}

const account = 'ann';

/** The test answers once it has noted it, or never. */
function tell(what: string): void {
  const request = new XMLHttpRequest();
  request.open('GET', `/told/${what}`, false);
  request.send();
}

const databaseOf = ({ name }: Profile) => `causeway/${app.name}/${name}`;

globalThis.loadKept = async (profile) => {
  const store = indexedDbStore({ database: databaseOf(profile) });
  const kept = await store.load(profile.document as StoredDocument['document']);
  await store.close();
  return kept;
};

globalThis.openMachine = async (profile, { isOffline }) => {
  let stop: number | string | undefined;
  let steps: string[] = [];
  const onStep = (step: string): void => {
    // Each save begins with its reservation; what the store was still busy with does not count.
    const isCounted = steps.length > 0 || step === 'reserve';
    if (isCounted) steps.push(step);
    const isHere = typeof stop === 'number' ? steps.length === stop : step === stop;
    if (isCounted && isHere) tell(`stopped/${step}`);
  };
  const store = indexedDbStore({ database: databaseOf(profile), onStep });
  const client = connect({
    app,
    url: new URL('/sync', location.href),
    name: profile.name,
    offline: isOffline,
    store,
    effects: { dispense: async (_, { key }) => tell(`dispensed/${key}`) },
  });
  const handle = await client.open(profile.document);
  const withdraw = (cents: number) => handle.run('withdraw', { account, cents });
  const deposit = (cents: number) => handle.run('deposit', { account, cents });
  globalThis.machine = {
    client,
    handle,
    withdraw,
    deposit,
    stopAt(step) {
      steps = [];
      stop = step;
    },
    get steps() {
      return steps;
    },
    async work() {
      for (;;) {
        for (const receipt of [deposit(2), withdraw(1)]) {
          // Not synchronously: a page that waits for an answer is never in the middle of a save.
          if ((await receipt.saved).type === 'saved') await fetch(`/told/saved/${receipt.id}`);
        }
      }
    },
    settled: () => store.load(profile.document as StoredDocument['document']),
  };
  return globalThis.machine;
};
