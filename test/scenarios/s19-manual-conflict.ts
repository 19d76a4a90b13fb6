// S19: what a wiki or CVS does with two versions: both stay until somebody resolves them, and an edit that its
// author made without knowing of the resolution reopens the conflict instead of vanishing.
import { defineApp, every, safe } from '@causeway/core';
import type { ModelOperation, NaiveModel, SimulatedDevice } from '@causeway/testkit';
import { register, yjs } from '@causeway/yjs';
import * as v from 'valibot';
import { expectEqual } from './expect-equal.ts';
import { memberOf } from './member-of.ts';
import type { Scenario } from './scenario.ts';
import { computed, played } from './scenario.ts';
import type { Setting, Stage } from './stage.ts';

const page = 'page';
const value = v.string();
const app = defineApp({
  name: 'scenario-wiki',
  version: 1,
  document: yjs((doc) => ({ field: register<string>(doc, 'field') }), {
    initial: (doc) => doc.field.set(page, 'v0'),
  }),
})
  .operations({
    edit: { args: v.object({ value }), run: (doc, a) => doc.field.set(page, a.value) },
    /** Chooses between what was on the screen: void where there is something else by then. */
    resolve: {
      args: v.object({ value, over: v.array(value) }),
      requires: (doc, a) => String(doc.field.conflicts(page)) === String(a.over) || 'changed',
      run: (doc, a) => doc.field.set(page, a.value),
    },
  })
  .invariants({})
  .policy({ edit: every(safe()), resolve: every(safe()) });
type WikiApp = typeof app;

interface Version {
  readonly by: ModelOperation['id'] | undefined;
  readonly value: string;
}

/** Who had seen a version replaces it; nobody else does. */
const model: NaiveModel<{ versions: readonly Version[] }> = {
  initial: () => ({ versions: [{ by: undefined, value: 'v0' }] }),
  refusal({ versions }, { name, args }) {
    const several = versions.length > 1 ? versions.map((one) => one.value) : [];
    const isSame = String(several) === String(memberOf(args, 'over'));
    return name === 'edit' || isSame ? undefined : 'changed';
  },
  isKept: () => false,
  touches: () => [],
  apply(state, operation) {
    const isLeft = ({ by }: Version): boolean => by !== undefined && !operation.hasSeen(by);
    const written = { by: operation.id, value: String(memberOf(operation.args, 'value')) };
    state.versions = [...state.versions.filter(isLeft), written];
  },
  deficits: () => [],
  compensate: () => {},
  content: ({ versions }) => versions.map((one) => one.value),
};

const setting: Setting<WikiApp> = {
  app,
  judge: {
    model,
    projection: (view) => [...versionsIn(view as SimulatedDevice<WikiApp>['handle']['view'])],
  },
};

export const manualConflict: Scenario = {
  id: 'S19',
  title: 'Wiki/CVS conflict',
  variants: [
    played('resolved, and reopened by who did not know', setting, playReopened),
    played('a resolution of what has changed meanwhile is void', setting, playVoid),
    computed('control: the last writer wins', lastWriterWins),
  ],
};

async function playReopened(stage: Stage<WikiApp>): Promise<void> {
  const { a, b, c } = stage;
  await stage.cut(a, b);
  await stage.run(a, 'edit', { value: 'v1' });
  await stage.run(b, 'edit', { value: 'v2' });
  expectEqual('what A shows while cut', versionsAt(a), ['v1']);
  expectEqual('how A shows it', statusAt(a), 'tentative');
  await stage.heal(a);
  await stage.heal(b);
  await allShow(stage, ['v1', 'v2']);
  await stage.cut(a);
  await stage.run(a, 'edit', { value: 'v4' });
  expectEqual('what A had seen is covered', versionsAt(a), ['v4']);
  await stage.run(c, 'resolve', { value: 'v3', over: ['v1', 'v2'] });
  await stage.caughtUp(b);
  await stage.until('B hears of it', () => versionsAt(b).length === 1);
  for (const device of [b, c]) expectEqual('resolved', versionsAt(device), ['v3']);
  expectEqual('a key without a conflict', statusAt(c) === 'conflicted', false);
  await stage.heal(a);
  await allShow(stage, ['v3', 'v4']);
  await stage.run(b, 'resolve', { value: 'v5', over: ['v3', 'v4'] });
  await allShow(stage, ['v5']);
}

async function playVoid(stage: Stage<WikiApp>): Promise<void> {
  const { a, b, c } = stage;
  await stage.cut(a, b, c);
  await stage.run(a, 'edit', { value: 'v1' });
  await stage.run(b, 'edit', { value: 'v2' });
  await stage.run(c, 'edit', { value: 'v9' });
  await stage.heal(a);
  await stage.heal(b);
  await stage.caughtUp(a);
  await stage.until('A sees both', () => versionsAt(a).length === 2);
  await stage.cut(a);
  const resolved = await stage.run(a, 'resolve', { value: 'v3', over: ['v1', 'v2'] });
  expectEqual('what A shows while cut', versionsAt(a), ['v3']);
  await stage.heal(c);
  await stage.heal(a);
  const isVoid = { type: 'refused', code: 'requires', reason: 'changed' };
  expectEqual('what A is told', await stage.outcome(a, resolved), isVoid);
  // Nothing that it covered is lost.
  await allShow(stage, ['v1', 'v2', 'v9']);
  await stage.run(a, 'resolve', { value: 'v5', over: ['v1', 'v2', 'v9'] });
  await allShow(stage, ['v5']);
}

/** Each replica takes what comes later in the order, and one of two people loses what he wrote. */
function lastWriterWins(): void {
  const committed = ['v0', 'v1', 'v2', 'v3', 'v4'];
  expectEqual('what is left', committed.at(-1), 'v4');
}

async function allShow(stage: Stage<WikiApp>, versions: readonly string[]): Promise<void> {
  await stage.settle();
  for (const device of [stage.a, stage.b, stage.c]) {
    expectEqual(`the versions on ${device.name}`, versionsAt(device), versions);
    const isConflicted = statusAt(device) === 'conflicted';
    expectEqual(`${device.name} shows a conflict`, isConflicted, versions.length > 1);
  }
}

const versionsAt = ({ handle }: SimulatedDevice<WikiApp>): readonly string[] =>
  versionsIn(handle.view);

function versionsIn({ field }: SimulatedDevice<WikiApp>['handle']['view']): readonly string[] {
  const [first, several] = [field.get(page), field.conflicts(page)];
  return several.length > 0 || first === undefined ? several : [first];
}

const statusAt = ({ handle }: SimulatedDevice<WikiApp>): string | undefined =>
  handle.keyStatus('field', page).current?.status;
