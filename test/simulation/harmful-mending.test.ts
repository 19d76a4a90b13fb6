// A compensation that would break a second rule is not run: people are asked, and told which. It opens no
// case by itself, and only what its own run makes worse counts.
import { type DocumentId, replayAudit } from '@causeway/core';
import { Random } from '@causeway/testkit';
import { expect, test } from 'vitest';
import { Stage } from '../scenarios/stage.ts';
import { account, booksOf, type TeamApp, team, teamSetting } from './harmful-mending.ts';
import { drawAuthor, sha256 } from './oracle/small-log.ts';

/** Two devices that are cut off take 80 each of the same 100, while the pot holds so much. */
async function overdrawn(pot: number): Promise<Stage<TeamApp>> {
  const stage = await Stage.open(teamSetting, { seed: 11, isReloaded: false });
  const { a, b, c } = stage;
  await stage.run(c, 'deposit', { account, cents: 100 });
  await stage.run(c, 'fill', { team, cents: pot });
  await stage.settle();
  await stage.cut(a, b);
  await stage.run(a, 'withdraw', { account, cents: 80 });
  await stage.run(b, 'withdraw', { account, cents: 80 });
  await stage.heal(a);
  await stage.heal(b);
  await stage.settle();
  return stage;
}

const covered = ({ c }: Stage<TeamApp>) =>
  c.handle.cases.current.find(({ invariant }) => invariant === 'covered');

/** Every checker agrees, the model too; and an audit of the whole log finds what is recorded. */
async function finish(stage: Stage<TeamApp>): Promise<void> {
  await stage.finish();
  const { definition } = teamSetting.app;
  const clientId = 7;
  const setup = {
    ...{ definition, id: stage.world.document as DocumentId, epoch: 1, hash: sha256 },
    ...{ author: drawAuthor(new Random(1)), document: definition.document.open({ clientId }) },
  };
  const report = replayAudit({ setup, entries: () => stage.truth.entries });
  expect(report).toMatchObject({ differences: [], unjudged: [], pending: [] });
}

test('it would empty the pot: people are asked, and nothing is mended', async () => {
  const stage = await overdrawn(10);
  const found = covered(stage);
  expect(found).toMatchObject({
    ...{ state: 'escalated', deficit: 60 },
    question: {
      ...{ round: 1, cause: 'breaks', choices: [] },
      breaks: [{ invariant: 'potFilled', key: team, from: 0, to: 50 }],
    },
  });
  expect(booksOf(stage.c.handle.view)).toEqual({ balance: { ann: -60 }, lost: {}, pot: 10 });
  expect(stage.world.escalations.map(({ invariant }) => invariant)).toEqual(['covered']);
  const [item] = stage.c.handle.inbox.current;
  expect(item?.question).toBe(
    'covered is broken for ann, and its compensation would break potFilled of red',
  );
  const account = found && stage.c.handle.describeCase(found.id);
  expect(account?.left).toEqual([
    'Its compensation would leave “potFilled” of “red” broken by 50.',
    'Mend it by acts that leave the others whole, or waive it.',
  ]);
  await finish(stage);
});

test('what it would break can be mended by hand: the case heals like any other', async () => {
  const stage = await overdrawn(10);
  await stage.run(stage.c, 'deposit', { account, cents: 60 });
  await stage.settle();
  expect(covered(stage)?.state).toBe('healed');
  expect(booksOf(stage.a.handle.view)).toEqual({ balance: { ann: 0 }, lost: {}, pot: 10 });
  await finish(stage);
});

test('the pot suffices: it is mended, and nobody is asked', async () => {
  const stage = await overdrawn(60);
  expect(covered(stage)).toMatchObject({ state: 'compensated', deficit: 0 });
  expect(booksOf(stage.c.handle.view)).toEqual({ balance: { ann: 0 }, lost: {}, pot: 0 });
  expect(stage.c.handle.cases.current.length).toBe(1);
  await finish(stage);
});

test('a key that no operation ever named is looked at where it bears the name of what was written', async () => {
  const stage = await overdrawn(0);
  expect(covered(stage)?.question).toMatchObject({
    ...{ cause: 'breaks', breaks: [{ invariant: 'notLost', key: account, from: 0, to: 10 }] },
  });
  await finish(stage);
});

test('what was broken before is not its doing', async () => {
  const stage = await Stage.open(teamSetting, { seed: 12, isReloaded: false });
  const { a, b, c } = stage;
  await stage.run(c, 'deposit', { account, cents: 50 });
  await stage.run(c, 'fill', { team, cents: -20 });
  await stage.settle();
  await stage.cut(a, b);
  await stage.run(a, 'withdraw', { account, cents: 30 });
  await stage.run(b, 'withdraw', { account, cents: 30 });
  await stage.heal(a);
  await stage.heal(b);
  await stage.settle();
  expect(covered(stage)?.state).toBe('compensated');
  expect(booksOf(c.handle.view)).toEqual({ balance: { ann: 0 }, lost: { ann: 10 }, pot: -20 });
  await finish(stage);
});
