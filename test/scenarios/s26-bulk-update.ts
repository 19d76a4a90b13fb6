// S26: a raise for 1,000 employees, in chunks, undone after 900: one correction for each raise, and what
// somebody else wrote meanwhile stays. Each raise is a keyed entry, so its correction takes away that alone.
import type { Json, View } from '@causeway/core';
import { defineApp, safe } from '@causeway/core';
import type { NaiveModel } from '@causeway/testkit';
import { addWinsSet, counter, yjs } from '@causeway/yjs';
import * as v from 'valibot';
import { expectEqual } from './expect-equal.ts';
import { memberOf } from './member-of.ts';
import { crashAfter, stepsInLog } from './saga-log.ts';
import type { Scenario } from './scenario.ts';
import { played } from './scenario.ts';
import type { Setting, Stage } from './stage.ts';

const employees = 1_000;
const chunk = 50;
const nameOf = (index: number): string => String(index + 1).padStart(4, '0');
const baseOf = (index: number): number => 2_000 + ((index * 37) % 1_001);
/** Five per cent in whole units; halves are rounded up. */
const raiseOf = (base: number): number => Math.floor((base * 5 + 50) / 100);

const from = v.pipe(v.number(), v.integer(), v.minValue(0));
const range = v.object({ raise: v.string(), from, to: from });
type Range = v.InferOutput<typeof range>;

function rangeOf(a: Range): readonly string[] {
  return Array.from({ length: a.to - a.from }, (_, index) => nameOf(a.from + index));
}

const app = defineApp({
  name: 'scenario-salaries',
  version: 1,
  document: yjs(
    (doc) => ({ base: counter(doc, 'base'), raises: addWinsSet<number>(doc, 'raises') }),
    {
      initial(doc) {
        for (let index = 0; index < employees; index++) doc.base.add(nameOf(index), baseOf(index));
      },
    },
  ),
})
  .operations({
    raise: {
      args: range,
      subjects: rangeOf,
      run(doc, a) {
        for (const name of rangeOf(a)) {
          doc.raises.put(`${a.raise}/${name}`, raiseOf(doc.base.get(name)));
        }
      },
    },
    takeBack: {
      args: range,
      subjects: rangeOf,
      run(doc, a) {
        for (const name of rangeOf(a)) doc.raises.delete(`${a.raise}/${name}`);
      },
    },
    /** What a person writes down for one employee, whatever it was. */
    setBase: {
      args: v.object({ name: v.string(), base: v.number() }),
      subjects: (a) => [a.name],
      run: (doc, a) => doc.base.add(a.name, a.base - doc.base.get(a.name)),
    },
  })
  .sagas({
    raiseAll: {
      args: v.object({ raise: v.string(), count: v.pipe(v.number(), v.integer(), v.minValue(0)) }),
      steps: ({ raise, count }) =>
        Array.from({ length: Math.ceil(count / chunk) }, (_, index) => {
          const part = { raise, from: index * chunk, to: Math.min(count, (index + 1) * chunk) };
          return { run: ['raise', part] as const, undo: ['takeBack', part] as const };
        }),
    },
  })
  .invariants({ paid: { holds: (doc, name) => doc.base.get(name) >= 0 } })
  .policy({ raise: { paid: safe() }, takeBack: { paid: safe() }, setBase: { paid: safe() } });
type SalaryApp = typeof app;

const raise = 'spring';
const salaryOf = (
  doc: View<{
    readonly base: ReturnType<typeof counter>;
    readonly raises: ReturnType<typeof addWinsSet<number>>;
  }>,
  name: string,
): number => doc.base.get(name) + (doc.raises.get(`${raise}/${name}`) ?? 0);

interface Books {
  readonly base: Map<string, number>;
  readonly raises: Map<string, number>;
}

const model: NaiveModel<Books> = {
  initial: () => ({
    base: new Map(Array.from({ length: employees }, (_, at) => [nameOf(at), baseOf(at)])),
    raises: new Map(),
  }),
  refusal: () => undefined,
  isKept: () => false,
  touches({ name, args }) {
    const names = name === 'setBase' ? [String(memberOf(args, 'name'))] : namesIn(args);
    return names.map((key) => ({ invariant: 'paid', key }));
  },
  apply({ base, raises }, { name, args }) {
    if (name === 'setBase') {
      base.set(String(memberOf(args, 'name')), Number(memberOf(args, 'base')));
      return;
    }
    for (const one of namesIn(args)) {
      if (name === 'raise') raises.set(one, raiseOf(base.get(one) ?? 0));
      else raises.delete(one);
    }
  },
  stepsOf: (_, args) =>
    Array.from({ length: Number(memberOf(args, 'count')) / chunk }, (_, index) => {
      const part = { raise, from: index * chunk, to: (index + 1) * chunk };
      return { run: ['raise', part], undo: ['takeBack', part], retriesMax: 0 };
    }),
  deficits: () => [],
  compensate: () => undefined,
  content: ({ base, raises }) => ({
    salaries: Object.fromEntries(
      [...base].map(([name, paid]) => [name, paid + (raises.get(name) ?? 0)]),
    ),
  }),
};

function namesIn(args: Json): readonly string[] {
  const [first, last] = [Number(memberOf(args, 'from')), Number(memberOf(args, 'to'))];
  return Array.from({ length: last - first }, (_, index) => nameOf(first + index));
}

const setting: Setting<SalaryApp> = {
  app,
  judge: {
    model,
    projection(view) {
      const doc = view as Parameters<typeof salaryOf>[0];
      const names = Array.from({ length: employees }, (_, index) => nameOf(index));
      return { salaries: Object.fromEntries(names.map((name) => [name, salaryOf(doc, name)])) };
    },
  },
  devices: ['A', 'B'],
};

export const bulkUpdate: Scenario = {
  id: 'S26',
  title: 'Bulk update as saga',
  variants: [played('aborted at 900 of 1,000', setting, playAborted)],
};

async function playAborted(stage: Stage<SalaryApp>): Promise<void> {
  const { a, b, world } = stage;
  const edited = nameOf(699);
  let edit: { readonly id: string; readonly afterStep: number } | undefined;
  world.watch({
    onCommitted() {
      const done = stepsInLog(stage, id).length;
      if (edit || done < 16) return;
      // Its raise is done, and the saga goes on: nobody waits for it.
      edit = { id: '', afterStep: done };
      world.timeline.after(0, () => {
        edit = { ...b.handle.run('setBase', { name: edited, base: 9_000 }), afterStep: done };
      });
    },
  });
  let aborted = '';
  const { id } = a.handle.startSaga('raiseAll', { raise, count: employees });
  // The last moment before step 19: nobody runs it, and the wish to undo it comes first.
  crashAfter(stage, ['18:do'], () => {
    aborted = a.handle.abortSaga(id).id;
  });
  await stage.until('900 are raised', () => aborted !== '');
  expectEqual('the wish', await stage.outcome(a, aborted), { type: 'confirmed' });
  await stage.beforeHeal(a);
  expectEqual('the saga', await stage.outcome(a, id), {
    ...{ type: 'refused', code: 'saga-undone', step: undefined, reason: 'aborted' },
  });
  await stage.settle();
  const steps = stepsInLog(stage, id);
  const done = steps.filter((step) => step.endsWith('do') && !step.endsWith('undo'));
  const undone = steps.filter((step) => step.endsWith('undo'));
  expectEqual('900 raised', done.length * chunk, 900);
  expectEqual('900 corrections, the last chunk first', undone, [
    ...Array.from({ length: 18 }, (_, index) => `${18 - index}:undo`),
  ]);
  expectEqual('the edit was made in the middle', edit?.afterStep, 16);
  expectEqual('and stands', await stage.outcome(b, edit?.id ?? ''), { type: 'confirmed' });
  for (const { handle, name } of [a, b]) {
    const others = Array.from({ length: employees }, (_, index) => index).filter(
      (at) => at !== 699,
    );
    const wrong = others.filter((at) => salaryOf(handle.view, nameOf(at)) !== baseOf(at));
    expectEqual(`the others on ${name}`, wrong, []);
    expectEqual(`no. 700 on ${name}`, salaryOf(handle.view, edited), 9_000);
    expectEqual('raises left', [...handle.view.raises.keys()], []);
    const [saga] = handle.sagas.current;
    expectEqual(
      'who is affected',
      saga?.affected.map((one) => one.id),
      [edit?.id],
    );
  }
}
