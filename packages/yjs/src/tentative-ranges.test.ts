// The ranges against a recount that asks Yjs for each character's id, and a twin document that holds
// only what is committed: under random edits, formats, embeds, commits, remote edits and reloads.
import type { OperationId, UncommittedUpdate } from '@causeway/core';
import { tentativeRanges, yjs } from '@causeway/yjs';
import { expect, test } from 'vitest';
import * as Y from 'yjs';

const type = yjs((doc) => ({ body: doc.getText('body') }), {
  initial: ({ body }) => body.insert(0, 'base'),
});
const open = (clientId: number) => type.open({ clientId });
type Replica = ReturnType<typeof open>;

/** Small and seeded, so that a failure is found again by its seed. */
function randomOf(seed: number): (below: number) => number {
  let state = seed * 2_654_435_761 + 1;
  return (below) => {
    state = (Math.imul(state ^ (state >>> 15), 2_246_822_519) + 374_761_393) >>> 0;
    return state % below;
  };
}

interface Desk {
  mine: Replica;
  readonly committed: Replica;
  readonly other: Replica;
  pending: UncommittedUpdate[];
  clients: number;
  operations: number;
}

function openDesk(): Desk {
  const desk: Desk = {
    ...{ mine: open(1), committed: open(1_000), other: open(2_000) },
    ...{ pending: [], clients: 1, operations: 0 },
  };
  listen(desk);
  return desk;
}

function listen(desk: Desk): void {
  desk.mine.onEdit((update) => desk.pending.push({ update, isSaved: false }));
}

const textOf = (replica: Replica): Y.Text => replica.facet.doc.getText('body');

function edit(text: Y.Text, draw: (below: number) => number): void {
  const at = draw(text.length + 1);
  const act = draw(6);
  if (act < 3) text.insert(at, 'abcdef'.slice(0, 1 + draw(5)));
  else if (act === 3) text.insertEmbed(at, { image: 'x' });
  else if (act === 4) text.format(at, Math.min(3, text.length - at), { bold: draw(2) === 0 });
  else text.delete(at, Math.min(draw(4), text.length - at));
}

function act(desk: Desk, draw: (below: number) => number): void {
  const choice = draw(8);
  if (choice < 3) edit(textOf(desk.mine), draw);
  else if (choice === 3) {
    desk.operations += 1;
    const operation = `op-${desk.operations}` as OperationId;
    const ran = desk.mine.run({ operation }, ({ body }) => edit(body, draw));
    if (ran.update.length > 0) desk.pending.push({ update: ran.update, operation, isSaved: true });
  } else if (choice === 4) commit(desk, draw(desk.pending.length + 1));
  else if (choice === 5) reload(desk);
  else editElsewhere(desk, draw);
}

function commit(desk: Desk, count: number): void {
  for (const { update, operation } of desk.pending.splice(0, count)) {
    for (const replica of [desk.committed, desk.other]) {
      expect(replica.apply({ update, ...(operation && { operation }) }).type).toBe('applied');
    }
  }
}

function editElsewhere(desk: Desk, draw: (below: number) => number): void {
  const before = Y.encodeStateVector(desk.other.facet.doc);
  edit(textOf(desk.other), draw);
  const update = Y.encodeStateAsUpdate(desk.other.facet.doc, before);
  for (const replica of [desk.committed, desk.mine]) replica.apply({ update });
}

/** A new page: the committed state, and the queue on top, under a fresh client id. */
function reload(desk: Desk): void {
  desk.clients += 1;
  desk.mine = open(desk.clients);
  expect(desk.mine.load(desk.committed.save())).toBe(true);
  for (const { update, operation } of desk.pending) {
    desk.mine.apply({ update, ...(operation && { operation }) });
  }
  desk.pending = desk.pending.map((one) => ({ ...one, isSaved: true }));
  listen(desk);
}

/** Per character: whose uncommitted insertion it is, or undefined. Asks for each one by itself. */
function recount(desk: Desk): readonly (string | undefined)[] {
  const text = textOf(desk.mine);
  const { store } = desk.committed.facet.doc;
  return Array.from({ length: text.length }, (_, index) => {
    const id = Y.createRelativePositionFromTypeIndex(text, index).item;
    if (!id) throw new Error(`no character at ${index}`);
    if (id.clock < Y.getState(store, id.client)) return undefined;
    const source = desk.pending.find(({ update }) =>
      Y.decodeUpdate(update).structs.some(
        (struct) =>
          struct.id.client === id.client &&
          struct.id.clock <= id.clock &&
          id.clock < struct.id.clock + struct.length,
      ),
    );
    return labelOf(source);
  });
}

const labelOf = (one: Pick<UncommittedUpdate, 'operation' | 'isSaved'> | undefined): string =>
  `${one?.operation ?? 'edit'} ${one?.isSaved}`;

test.each(Array.from({ length: 60 }, (_, seed) => seed))(
  'ranges are what a recount per character finds (seed %i)',
  (seed) => {
    const draw = randomOf(seed + 1);
    const desk = openDesk();
    for (let step = 0; step < 50; step += 1) {
      act(desk, draw);
      const ranges = tentativeRanges({ uncommitted: () => desk.pending }, textOf(desk.mine));
      const found = Array.from<string | undefined>({ length: textOf(desk.mine).length });
      for (const range of ranges) {
        expect(range.from).toBeLessThan(range.to);
        for (let at = range.from; at < range.to; at += 1) found[at] = labelOf(range);
      }
      expect(found).toEqual([...recount(desk)]);
    }
  },
);

test('neighbours of one operation are one range, deletions and formats none', () => {
  const desk = openDesk();
  const text = textOf(desk.mine);
  const ranges = () => tentativeRanges({ uncommitted: () => desk.pending }, text);
  text.format(0, 2, { bold: true });
  text.delete(3, 1);
  expect(ranges()).toEqual([]);
  text.insert(1, 'x');
  text.insert(2, 'y');
  expect(ranges()).toEqual([{ from: 1, to: 3, isSaved: false }]);
  commit(desk, desk.pending.length);
  expect(ranges()).toEqual([]);
});

test('what lies between two parts of an update is not the update’s', () => {
  const desk = openDesk();
  const text = textOf(desk.mine);
  for (const word of ['one ', 'two ', 'three ']) text.insert(text.length, word);
  const [first, second, third] = desk.pending;
  if (!first || !second || !third) throw new Error('three edits');
  const update = Y.mergeUpdates([first.update, third.update]);
  const ranges = tentativeRanges({ uncommitted: () => [{ update, isSaved: true }] }, text);
  expect(ranges.map(({ from, to }) => text.toString().slice(from, to))).toEqual(['one ', 'three ']);
});

test('a random run sees every kind of label: the recount is no empty comparison', () => {
  const seen = new Set<string>();
  for (let seed = 1; seed < 20; seed += 1) {
    const draw = randomOf(seed);
    const desk = openDesk();
    for (let step = 0; step < 50; step += 1) act(desk, draw);
    for (const label of recount(desk)) seen.add(label?.replace(/\d+/, 'n') ?? 'committed');
  }
  expect([...seen].sort()).toEqual(['committed', 'edit false', 'edit true', 'op-n true']);
});
