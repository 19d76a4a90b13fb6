// A shared page in the library's own types: a title and prices that only operations should write, and a
// calendar in a plain map, where the last writer wins. Who edits instead is audited all the same.
import type { Json, View } from '@causeway/core';
import { defineApp, risk, safe } from '@causeway/core';
import type { YjsFacet } from '@causeway/yjs';
import { yjs } from '@causeway/yjs';
import * as v from 'valibot';
import type { Transaction, Map as YMap, Text as YText } from 'yjs';
import { applyUpdate, Doc, encodeStateAsUpdate } from 'yjs';
import type { Random } from '../random.ts';
import { drawTextEdit } from './draw-edit.ts';
import { textIn } from './read-args.ts';
import { toRecord, trustView } from './trust-view.ts';
import type { Act, ModelKey, NaiveModel, Workload } from './workload.ts';

const titleMax = 12;
const skus = ['tea', 'mug', 'pot'] as const;
const slots = ['9', '10', '11'] as const;

interface ListingRoots {
  readonly title: YText;
  readonly prices: YMap<number>;
  readonly calendar: YMap<string>;
}
type ListingView = View<ListingRoots>;

const app = defineApp({
  name: 'sim-listing',
  version: 1,
  document: yjs(
    (doc): ListingRoots => ({
      title: doc.getText('title'),
      prices: doc.getMap<number>('prices'),
      calendar: doc.getMap<string>('slots'),
    }),
  ),
})
  .operations({
    head: {
      args: v.object({ text: v.string() }),
      subjects: () => ['title'],
      run: (doc, a) => doc.title.insert(0, a.text),
    },
    price: {
      args: v.object({ sku: v.string(), cents: v.number() }),
      subjects: (a) => [a.sku],
      run: (doc, a) => void doc.prices.set(a.sku, a.cents),
    },
    book: {
      args: v.object({ slot: v.string() }),
      subjects: (a) => [a.slot],
      run: (doc, a, op) => void doc.calendar.set(a.slot, op.id),
      effectVisible: (doc, a, op) => doc.calendar.get(a.slot) === op.id,
    },
  })
  .invariants({
    short: {
      guards: ['title'],
      guardKeys: () => ['title'],
      keys: (op) => (op.name === 'head' ? op.subjects : []),
      holds: (doc) => doc.title.length <= titleMax,
      deficit: (doc) => Math.max(0, doc.title.length - titleMax),
    },
    priced: {
      guards: ['prices'],
      guardKeys: (doc) => doc.prices.keys(),
      keys: (op) => (op.name === 'price' ? op.subjects : []),
      holds: (doc, sku) => (doc.prices.get(sku) ?? 0) >= 0,
      deficit: (doc, sku) => Math.max(0, -(doc.prices.get(sku) ?? 0)),
    },
  })
  .compensations({
    short: {
      settleMs: 1_000,
      restore: (doc) => doc.title.delete(titleMax, doc.title.length - titleMax),
    },
    priced: { on: 'commit', restore: (doc, found) => void doc.prices.set(found.key, 0) },
  })
  .policy({
    head: { short: risk(), priced: safe() },
    price: { short: safe(), priced: risk() },
    book: { short: safe(), priced: safe() },
  });

/** What Yjs merges only Yjs can say: the model is a document of its own, without any engine. */
interface ListingState {
  readonly doc: Doc;
  readonly title: YText;
  readonly prices: YMap<number>;
  readonly slots: YMap<string>;
}

function touchedBy({ name, args }: { readonly name: string; readonly args: Json }): ModelKey[] {
  if (name === 'head') return [{ invariant: 'short', key: 'title' }];
  return name === 'price' ? [{ invariant: 'priced', key: textIn(args, 'sku') }] : [];
}

function stateOf(doc: Doc): ListingState {
  return {
    doc,
    title: doc.getText('title'),
    prices: doc.getMap('prices'),
    slots: doc.getMap('slots'),
  };
}

const model: NaiveModel<ListingState> = {
  initial: () => stateOf(new Doc()),
  copy({ doc }) {
    const copy = new Doc();
    applyUpdate(copy, encodeStateAsUpdate(doc));
    return stateOf(copy);
  },
  refusal: () => undefined,
  isKept: () => false,
  touches: touchedBy,
  apply: ({ doc }, { update }) => applyUpdate(doc, update),
  edit(state, update) {
    const before = [...state.prices.keys()];
    const changed = changedBy(state, update);
    const skus = new Set([...before, ...state.prices.keys()]);
    const priced = [...skus].map((key) => ({ invariant: 'priced', key }));
    const touches = [
      ...(changed.has(state.title) ? [{ invariant: 'short', key: 'title' }] : []),
      ...(changed.has(state.prices) ? priced : []),
    ];
    return { touches, mayCover: changed.has(state.slots) };
  },
  shownAt: ({ name, args }) => (name === 'book' ? textIn(args, 'slot') : undefined),
  isVisible: ({ slots }, { id, args }) => slots.get(textIn(args, 'slot')) === id,
  deficits({ title, prices }) {
    const long = { invariant: 'short', key: 'title', deficit: title.length - titleMax };
    const owed = [...prices].map(([key, cents]) => ({ invariant: 'priced', key, deficit: -cents }));
    return [long, ...owed].filter(({ deficit }) => deficit > 0);
  },
  compensate({ doc }, _broken, update) {
    if (update.length > 0) applyUpdate(doc, update);
  },
  content: ({ title, prices, slots }) => shown({ title, prices, calendar: slots }),
};

function changedBy({ doc }: ListingState, update: Uint8Array): ReadonlySet<unknown> {
  const changed = new Set<unknown>();
  const note = (transaction: Transaction): void => {
    for (const type of transaction.changed.keys()) changed.add(type);
  };
  doc.on('afterTransaction', note);
  applyUpdate(doc, update);
  doc.off('afterTransaction', note);
  return changed;
}

function shown({ title, prices, calendar }: ListingView): Json {
  return {
    title: title.toString(),
    prices: toRecord(prices.entries()),
    slots: toRecord(calendar.entries()),
  };
}

/** People who use the buttons, and people who write into the document past them. */
export const listing: Workload<typeof app, ListingState> = {
  name: 'listing',
  app,
  draw(random) {
    return random.chance(0.35) ? drawEdit(random) : drawRun(random);
  },
  projection: (view) => shown(trustView<ListingView>(view)),
  model,
};

function drawRun(random: Random): Act {
  const kind = random.pick(['head', 'price', 'book', 'book', 'book'] as const);
  if (kind === 'head') return { type: 'run', name: 'head', args: { text: random.pick(words) } };
  if (kind === 'book') return { type: 'run', name: 'book', args: { slot: random.pick(slots) } };
  return { type: 'run', name: 'price', args: { sku: random.pick(skus), cents: drawCents(random) } };
}

const words = ['Sale ', 'New ', 'a', 'Great things '];

function drawCents(random: Random): number {
  return random.between(-3, 9);
}

function drawEdit(random: Random): Act {
  const kind = random.pick(['title', 'title', 'price', 'slot'] as const);
  if (kind === 'title') return drawTextEdit(random, 'title');
  const [root, key, value] =
    kind === 'price'
      ? (['prices', random.pick(skus), drawCents(random)] as const)
      : (['slots', random.pick(slots), 'somebody'] as const);
  const edit = (facet: unknown): void =>
    void trustView<YjsFacet>(facet).doc.getMap(root).set(key, value);
  return { type: 'edit', what: `${value} for ${key} of ${root}`, edit };
}
