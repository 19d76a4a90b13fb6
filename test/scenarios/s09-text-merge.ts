// S9: two people edit one text while cut off. Both edits are in the merged text, formats too; to
// delete the whole document is prohibited meanwhile, because no merge could mend that.
import { defineApp, delay, prohibit } from '@causeway/core';
import type { SimulatedDevice } from '@causeway/testkit';
import { yjs } from '@causeway/yjs';
import * as v from 'valibot';
import { expectEqual } from './expect-equal.ts';
import type { Scenario } from './scenario.ts';
import { played } from './scenario.ts';
import type { Stage } from './stage.ts';
import { rulesNothing } from './stage.ts';

const draft = defineApp({
  name: 'scenario-text',
  version: 1,
  document: yjs((doc) => ({ text: doc.getText('text') })),
})
  .operations({
    deleteDocument: {
      args: v.object({}),
      run: (doc) => doc.text.delete(0, doc.text.length),
    },
  })
  .invariants({ kept: { keys: () => ['text'], holds: (doc) => doc.text.length > 0 } });
const app = draft.policy({ deleteDocument: { kept: prohibit({ connected: 'local' }) } });
const delaying = draft.policy({ deleteDocument: { kept: delay() } });
type TextApp = typeof app;

export const textMerge: Scenario = {
  id: 'S9',
  title: 'Text merge',
  variants: [
    played('both edit', { app, judge: rulesNothing }, (stage) => play(stage, 'prohibited')),
    played('delayed', { app: delaying, judge: rulesNothing }, (stage) => play(stage, 'delayed')),
  ],
};

const textAt = ({ handle }: SimulatedDevice<TextApp>) => handle.doc.getText('text');

async function play(stage: Stage<TextApp>, deletion: 'prohibited' | 'delayed'): Promise<void> {
  const { a, b, c } = stage;
  textAt(a).insert(0, 'hello world');
  await stage.settle();
  expectEqual('the text on B', textAt(b).toString(), 'hello world');
  await stage.cut(a, b);
  a.handle.doc.transact(() => {
    textAt(a).insert(6, 'brave ');
    textAt(a).format(6, 6, { bold: true });
  });
  textAt(b).delete(0, 6);
  const receipt = b.handle.run('deleteDocument', {});
  const answer = await stage.world.until(receipt.saved);
  expectEqual(
    'the answer to deleteDocument',
    answer,
    deletion === 'prohibited'
      ? { type: 'refused', code: 'prohibited', invariant: 'kept', mode: 'partitioned' }
      : { type: 'saved', as: 'intent', strength: 'strict' },
  );
  for (const device of [a, b]) {
    const { status } = device.handle;
    const isSaved = () => status.current.pending > 0 && status.current.unsaved === 0;
    await stage.until(`the edit is saved on ${device.name}`, isSaved);
  }
  expectEqual('the text on A while cut', textAt(a).toString(), 'hello brave world');
  expectEqual('the text on B while cut', textAt(b).toString(), 'world');
  await stage.heal(a);
  await stage.heal(b);
  await stage.settle();
  for (const device of [a, b, c]) {
    expectEqual(`the text on ${device.name}`, textAt(device).toDelta(), [
      { insert: 'brave ', attributes: { bold: true } },
      { insert: 'world' },
    ]);
    expectEqual(`the content on ${device.name}`, stage.content(device), stage.content(a));
  }
  if (deletion === 'prohibited' || stage.isReloaded) return;
  // After recovery it is judged again: it would leave nothing, and the rule says that something is kept.
  expectEqual('what became of it', await stage.world.until(receipt.outcome), {
    ...{ type: 'refused', code: 'would-violate', invariant: 'kept', key: 'text' },
  });
}
