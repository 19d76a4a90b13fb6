// Every state has words, a class and a sign of its own, and the sentence about one's work never calls
// saved what is not: over all combinations of what a status can say.
import type { Mode, ReplicaStatus } from '@causeway/core';
import { closeRisks, keyStatuses, modes } from '@causeway/core';
import { describe, expect, test } from 'vitest';
import type { WorkStatus } from './status-signs.ts';
import {
  closeSigns,
  describeWork,
  linkSigns,
  modeSigns,
  storageSigns,
  workSigns,
} from './status-signs.ts';

/** Total by type: a state without an entry here does not compile. */
const storages: Readonly<Record<ReplicaStatus['storage'], 'kept' | 'fleeting' | 'failing'>> = {
  journalled: 'kept',
  strict: 'kept',
  relaxed: 'kept',
  memory: 'fleeting',
  'storage-failed': 'failing',
};

describe.each(Object.entries({ workSigns, modeSigns, linkSigns, storageSigns, closeSigns }))(
  '%s',
  (_, signs) => {
    const all = Object.values(signs);
    test('is never told by colour alone, and is stable to style', () => {
      for (const sign of all) {
        expect(sign.class).toMatch(/^causeway-[a-z-]+$/);
        expect([...sign.icon]).toHaveLength(1);
        expect(sign.words).toMatch(/^[a-z]/);
      }
    });
    test('tells states apart by class and by words', () => {
      for (const name of ['class', 'words'] as const) {
        const said = Object.entries(signs).filter(([key]) => key !== 'journalled');
        expect(new Set(said.map(([, sign]) => sign[name])).size).toBe(said.length);
      }
    });
  },
);

test('the tables hold each state that the core knows, and no other', () => {
  expect(Object.keys(workSigns).sort()).toEqual([...keyStatuses].sort());
  expect(Object.keys(modeSigns).sort()).toEqual([...modes].sort());
  expect(Object.keys(closeSigns).sort()).toEqual([...closeRisks].sort());
  expect(Object.keys(storageSigns).sort()).toEqual(Object.keys(storages).sort());
  expect(workSigns.tentative).toEqual({
    ...{ words: 'saved on this device, not sent yet', class: 'causeway-tentative', icon: '◔' },
  });
});

/** Everything a status can say, small numbers standing for all. */
function* allStatuses(): Generator<WorkStatus> {
  const damage = [{ store: 'queue', key: '1', what: 'test' }] as const;
  for (const mode of modes)
    for (const storage of Object.keys(storages) as ReplicaStatus['storage'][])
      for (const pending of [0, 1, 3])
        for (const unsaved of [0, 1, 3])
          for (const synced of [true, false])
            for (const refused of [undefined, 'too-large'])
              for (const damaged of [[], damage]) {
                // By construction (statusOf): what is synced has nothing pending.
                if (synced && pending > 0) continue;
                yield { mode, storage, pending, unsaved, synced, refused, damaged };
              }
}

test('the sentence says "saved" exactly where it is so, and what is pending wherever something is', () => {
  let count = 0;
  for (const status of allStatuses()) {
    count += 1;
    const said = describeWork(status);
    const { damaged, pending, refused, storage, unsaved } = status;
    expect(said).toMatch(/^[A-Z].*\.$/);
    expect(said.match(/\. /)).toBeNull();
    const isKept = unsaved === 0 && storages[storage] === 'kept';
    if (pending > 0) expect(said.startsWith('Saved on this device')).toBe(isKept);
    if (pending > 0) expect(said).toContain(`${pending} change`);
    else if (storage !== 'storage-failed') expect(said).toMatch(/stored at the relay/);
    expect(said.includes('the relay does not take')).toBe(refused !== undefined);
    expect(said.includes('could not be read back')).toBe(damaged.length > 0);
    if (storage === 'storage-failed' && pending > 0) expect(said).toContain('keep this page open');
  }
  expect(count).toBe(4 * 5 * (3 * 2 * 3 - 2 * 3) * 4);
});

const calm: WorkStatus = {
  ...{ mode: 'partitioned' satisfies Mode, storage: 'strict', pending: 4, unsaved: 0 },
  ...{ synced: false, damaged: [], refused: undefined },
};
test('it names what is pending: operations by name, the rest as edits', () => {
  const pending = [{ name: 'withdraw' }, { name: 'deposit' }, { name: 'withdraw' }];
  expect(describeWork(calm, pending)).toBe(
    'Saved on this device, but not stored at the relay yet: 2 × withdraw, deposit, 1 edit, sent when the connection is back.',
  );
  expect(describeWork({ ...calm, mode: 'connected', pending: 2 })).toMatch(
    /2 changes, being sent\.$/,
  );
  expect(describeWork({ ...calm, pending: 0, synced: true })).toBe(
    'Everything is saved and stored at the relay.',
  );
});
