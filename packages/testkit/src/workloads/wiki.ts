// Pages that many edit: nobody's text is lost, and whoever resolves a conflict covers what he saw. Of more
// than two texts the primary makes one (scenario S19).
import type { OperationId, Register, View } from '@causeway/core';
import { defineApp, risk } from '@causeway/core';
import { register, yjs } from '@causeway/yjs';
import * as v from 'valibot';
import type { Random } from '../random.ts';
import { drawNonsense } from './draw-nonsense.ts';
import { textIn, textsIn } from './read-args.ts';
import { toRecord, trustView } from './trust-view.ts';
import type { Act, ModelOperation, NaiveModel, Workload } from './workload.ts';

const pages = ['home', 'help'] as const;
const words = ['ant', 'bee', 'cat', 'dog', 'elk'] as const;
const textsMax = 2;

const page = v.picklist(pages);

interface WikiRoots {
  readonly texts: Register<string>;
}
type WikiView = View<WikiRoots>;

const app = defineApp({
  name: 'sim-wiki',
  version: 1,
  document: yjs((doc): WikiRoots => ({ texts: register<string>(doc, 'texts') }), {
    initial: (doc) => doc.texts.set('home', 'v0'),
  }),
})
  .operations({
    edit: {
      args: v.object({ page, text: v.string() }),
      subjects: (a) => [a.page],
      run: (doc, a) => doc.texts.set(a.page, a.text),
    },
    /** Only what was on the screen may be replaced: void where there is something else by then. */
    resolve: {
      args: v.object({ page, text: v.string(), over: v.array(v.string()) }),
      subjects: (a) => [a.page],
      requires: (doc, a) => isSame(textsOf(doc, a.page), a.over) || 'changed',
      run: (doc, a) => doc.texts.set(a.page, a.text),
    },
  })
  .invariants({
    few: {
      holds: (doc, name) => textsOf(doc, name).length <= textsMax,
      deficit: (doc, name) => Math.max(0, textsOf(doc, name).length - textsMax),
    },
  })
  .compensations({
    few: {
      settleMs: 500,
      restore: (doc, found) => doc.texts.set(found.key, joined(textsOf(doc, found.key))),
    },
  })
  .policy({ edit: { few: risk() }, resolve: { few: risk() } });

function textsOf({ texts }: WikiView, name: string): readonly string[] {
  const [text, several] = [texts.get(name), texts.conflicts(name)];
  return several.length > 0 || text === undefined ? several : [text];
}

function isSame(a: readonly string[], b: readonly string[]): boolean {
  return JSON.stringify([...a].sort()) === JSON.stringify([...b].sort());
}

/** Every word once, so that what is joined again and again stays short. */
function joined(texts: readonly string[]): string {
  return [...new Set(texts.flatMap((text) => text.split('+')))].sort().join('+');
}

interface ModelText {
  /** Undefined for what was there from the beginning: everybody has seen it. */
  readonly by: OperationId | undefined;
  readonly page: string;
  readonly text: string;
}
interface WikiState {
  /** What stands and was not replaced by somebody who had seen it, in commit order. */
  texts: readonly ModelText[];
}

function shownOn({ texts }: WikiState, name: string): readonly string[] {
  return [...new Set(texts.filter((one) => one.page === name).map(({ text }) => text))];
}

const pageOf = ({ args }: ModelOperation): string => textIn(args, 'page');

const model: NaiveModel<WikiState> = {
  initial: () => ({ texts: [{ by: undefined, page: 'home', text: 'v0' }] }),
  refusal(state, operation) {
    if (operation.name !== 'resolve') return undefined;
    const over = textsIn(operation.args, 'over');
    return isSame(shownOn(state, pageOf(operation)), over) ? undefined : 'changed';
  },
  isKept: () => false,
  touches: (operation) => [{ invariant: 'few', key: pageOf(operation) }],
  apply(state, operation) {
    const [name, text] = [pageOf(operation), textIn(operation.args, 'text')];
    const isLeft = ({ page: other, by }: ModelText): boolean =>
      other !== name || (by !== undefined && !operation.hasSeen(by));
    state.texts = [...state.texts.filter(isLeft), { by: operation.id, page: name, text }];
  },
  deficits: (state) =>
    pages
      .map((key) => ({ invariant: 'few', key, deficit: shownOn(state, key).length - textsMax }))
      .filter(({ deficit }) => deficit > 0),
  compensate(state, { key, mending: by }) {
    const text = joined(shownOn(state, key));
    state.texts = [...state.texts.filter((one) => one.page !== key), { by, page: key, text }];
  },
  content: (state) =>
    toRecord(pages.map((name) => [name, shownOn(state, name)] as const).filter(isWritten)),
};

function isWritten([, texts]: readonly [string, readonly string[]]): boolean {
  return texts.length > 0;
}

/** Two pages, one with a text from the beginning. */
export const wiki: Workload<typeof app, WikiState> = {
  name: 'wiki',
  app,
  draw(random, view) {
    if (random.chance(0.04)) return drawNonsense(random, ['edit', 'resolve']);
    return drawEdit(random, trustView<WikiView>(view));
  },
  projection(view) {
    const shown = trustView<WikiView>(view);
    return toRecord([...shown.texts.keys()].map((name) => [name, textsOf(shown, name)] as const));
  },
  model,
};

function drawEdit(random: Random, view: WikiView): Act {
  const name = random.pick(pages);
  const text = random.pick(words);
  const over = [...textsOf(view, name)];
  const isResolved = over.length > 0 && random.chance(over.length > 1 ? 0.6 : 0.2);
  return isResolved
    ? { type: 'run', name: 'resolve', args: { page: name, text, over } }
    : { type: 'run', name: 'edit', args: { page: name, text } };
}
