// Does an audit find what the primary had said, and every fact that somebody altered afterwards?
import { type Fact, type ReplayReport, replayAudit } from '@causeway/core';
import { Random, type Workload, workloads } from '@causeway/testkit';
import { beforeAll, expect, test } from 'vitest';
import { changeFact, type Log } from './mutate-log.ts';
import { documentId, drawAuthor, must, sha256 } from './small-log.ts';
import { SmallWorld } from './small-world.ts';

const historiesPerWorkload = 3;
const steps = 100;

interface History {
  readonly workload: Workload;
  readonly log: Log;
}
const histories: History[] = [];

beforeAll(() => {
  for (const workload of workloads) {
    for (let seed = 1; seed <= historiesPerWorkload; seed++) {
      histories.push({ workload, log: new SmallWorld(workload, seed).run(steps).settle().history });
    }
  }
}, 120_000);

function audit({ workload }: History, log: Log): ReplayReport {
  const { definition } = workload.app;
  const random = new Random(1, 'auditor');
  const { clientId } = drawAuthor(random);
  const setup = {
    ...{ definition, id: documentId, author: drawAuthor(random), hash: sha256, epoch: 1 },
    document: definition.document.open({ clientId }),
  };
  return replayAudit({ setup, entries: () => log });
}

test('every recorded fact is found again, and no other', () => {
  const reproduced = new Set<string>();
  for (const history of histories) {
    const report = audit(history, history.log);
    expect(report).toMatchObject({ differences: [], unjudged: [], pending: [] });
    expect(report.entries).toBe(history.log.length);
    for (const kind of Object.keys(report.reproduced)) reproduced.add(kind);
  }
  const kinds = [
    'audited',
    'violation',
    'refused',
    'case',
    'executed',
    'verdict',
    'home',
    'escrow',
  ];
  expect([...reproduced]).toEqual(expect.arrayContaining(kinds));
});

type Forgery = (fact: Fact) => readonly Fact[] | undefined;

/** By what is seen of each. */
const forgeries: Readonly<Record<string, readonly [what: string | RegExp, Forgery]>> = {
  'a violation is worse than it was': [
    'differs',
    (fact) => (fact.fact === 'violation' ? [{ ...fact, to: fact.to + 1 }] : undefined),
  ],
  'a violation names somebody else': [
    'differs',
    (fact) =>
      fact.fact === 'violation' && fact.participants.length > 1
        ? [{ ...fact, participants: fact.participants.slice(1) }]
        : undefined,
  ],
  'a violation is left out': [
    'not-recorded',
    (fact) => (fact.fact === 'violation' ? [] : undefined),
  ],
  'a refusal has another reason': [
    'differs',
    (fact) => (fact.fact === 'refused' ? [{ ...fact, reason: 'no reason' }] : undefined),
  ],
  'a refusal of an operation, or of an intent, is left out': [
    /^not-(recorded|due)$/,
    (fact) => (fact.fact === 'refused' && fact.code === 'requires' ? [] : undefined),
  ],
  'the refusal of an intent is left out': [
    'not-due',
    (fact) => (fact.fact === 'refused' && fact.code === 'would-violate' ? [] : undefined),
  ],
  'a verdict is another': [
    'differs',
    (fact) =>
      fact.fact === 'verdict' && fact.verdict.verdict === 'ok'
        ? [{ ...fact, verdict: { ...fact.verdict, verdict: 'void' } }]
        : undefined,
  ],
  'a case ended otherwise': [
    'differs',
    (fact) =>
      fact.fact === 'case' && fact.state === 'compensated' ? [{ ...fact, deficit: 9 }] : undefined,
  ],
  'totals of rights are others': [
    'differs',
    (fact) => (fact.fact === 'escrow' ? [{ ...fact, pool: fact.pool + 1 }] : undefined),
  ],
  'the audit came further than it did': [
    'differs',
    (fact) => (fact.fact === 'audited' ? [{ ...fact, upTo: fact.upTo + 1 }] : undefined),
  ],
};

test.each(Object.entries(forgeries))('%s: named, at its entry', (_, [what, forge]) => {
  let times = 0;
  for (const history of histories) {
    const forged = changeFact(history.log, forge);
    if (!forged) continue;
    const at = must(forged.find((entry, index) => entry !== history.log[index]));
    const { differences } = audit(history, forged);
    expect(differences[0]?.position).toBe(at.position);
    expect(differences[0]?.what).toMatch(what);
    times += 1;
  }
  expect(times).toBeGreaterThan(0);
});

test('a violation that nobody finds is one too many', () => {
  let times = 0;
  for (const history of histories) {
    const forged = changeFact(history.log, (fact) =>
      fact.fact === 'violation' ? [fact, { ...fact, id: 'v:none' as typeof fact.id }] : undefined,
    );
    if (!forged) continue;
    const { differences } = audit(history, forged);
    expect(differences[0]).toMatchObject({ what: 'not-found', recorded: { id: 'v:none' } });
    times += 1;
  }
  expect(times).toBeGreaterThan(0);
});
