// What document libraries are handed: updates from anybody, and whole states from this device's store.
// Refused as a whole or applied as a whole; afterwards the document can be read, saved and loaded.
import * as Automerge from '@automerge/automerge';
import {
  automerge,
  claims as automergeClaims,
  counter as automergeCounter,
  register as automergeRegister,
  addWinsSet as automergeSet,
} from '@causeway/automerge';
import {
  ByteReader,
  ByteWriter,
  canonicalJson,
  type DocumentReplica,
  type OperationId,
  parseOperationId,
} from '@causeway/core';
import type { Random } from '@causeway/testkit';
import { addWinsSet, claims, counter, register, yjs } from '@causeway/yjs';
import * as Y from 'yjs';
import { drawAutomergeUpdate } from './fuzz-automerge-update.ts';
import { attempt, drawMutant, type FuzzTarget, requireSame, type Samples } from './fuzz-target.ts';
import { drawYjsUpdate } from './fuzz-yjs-update.ts';

export const documentTargets = (): readonly FuzzTarget[] => [
  ...targetsOf('yjs', {
    type: yjsType,
    edit: editYjs,
    shares: [5, 5, 5],
    drawStrange: (_, random) => drawYjsUpdate(yjsGround, random),
  }),
  ...targetsOf('automerge', {
    type: automergeType,
    edit: editAutomerge,
    shares: [0.6, 0.8, 0.6],
    drawStrange: ({ updates }, random) =>
      random.below(20) ? drawAutomergeUpdate(updates, random) : automergeBytes,
  }),
];

/** Documents are opened and copied for each input, and their libraries do the rest. */
const msPerKibMax = 100;

/** What the recorded client wrote, and where. */
const yjsGround = {
  client: 11,
  clock: 40,
  roots: ['note', 'list', 'map', 'xml', 'balance', 'tags', 'slots', 'field', 'other'],
} as const;

interface Roots {
  readonly balance: { add(key: string, by: number): void };
  readonly tags: { put(key: string, value: number): void; delete(key: string): void };
  readonly slots: {
    claim(slots: readonly [string, ...string[]], value: { readonly who: string }): void;
  };
  readonly field: { set(key: string, value: number): void };
}

interface Library<F> {
  readonly type: { open(o: { readonly clientId: number }): DocumentReplica<F, Roots> };
  readonly edit: (facet: F, step: number) => void;
  /** Of updates, of strange ones, and of states. */
  readonly shares: readonly [number, number, number];
  /** An update that is well-formed and that no such library would make. */
  readonly drawStrange: (recorded: Recorded, random: Random) => Uint8Array;
}

const yjsType = yjs((doc) => ({
  balance: counter(doc, 'balance'),
  tags: addWinsSet<number>(doc, 'tags'),
  slots: claims<{ readonly who: string }>(doc, 'slots'),
  field: register<number>(doc, 'field'),
}));

const automergeType = automerge<{ note: string; list: unknown[] }, Roots>(
  { note: 'base', list: [] },
  (doc) => ({
    balance: automergeCounter(doc, 'balance'),
    tags: automergeSet<number>(doc, 'tags'),
    slots: automergeClaims<{ readonly who: string }>(doc, 'slots'),
    field: automergeRegister<number>(doc, 'field'),
  }),
);

/** What an application makes that keeps bytes in its document: nothing strange at all. */
const automergeBytes = (() => {
  const reader = new ByteReader(automergeType.open({ clientId: 13 }).save());
  const base = Automerge.load<{ list: unknown[] }>(reader.bytes(), { actor: 'abcdef' });
  const changed = Automerge.change(base, { time: 0 }, (draft) => {
    draft.list.push(new Uint8Array([1, 2]));
  });
  const change = Automerge.getLastLocalChange(changed);
  if (!change) throw new Error('Automerge made no change');
  return new ByteWriter().bytes(change).done();
})();

/** Every kind of content that Yjs knows, in the course of some steps. */
function editYjs({ doc }: { readonly doc: Y.Doc }, step: number): void {
  const text = doc.getText('note');
  const list = doc.getArray<unknown>('list');
  const map = doc.getMap<unknown>('map');
  const acts: readonly (() => void)[] = [
    () => text.insert(0, 'grüße 𝄞'),
    () => text.format(0, 3, { bold: true }),
    () => text.delete(1, 2),
    () => text.insertEmbed(0, { image: 'x.png' }),
    () => list.push([1, 'two', { three: [null, true] }, new Uint8Array([4, 5]), 1.5, 2 ** 40]),
    () => map.set('nested', new Y.Map([['deep', new Y.Array()]])),
    () => map.set('nested', 'replaced'),
    () => doc.getXmlFragment('xml').push([new Y.XmlElement('p'), new Y.XmlText('t')]),
    () => list.delete(0, 2),
    () => map.set('sub', new Y.Doc({ guid: 'sub' })),
  ];
  acts[step % acts.length]?.();
}

function editAutomerge(
  facet: { edit(change: (draft: { note: string; list: unknown[] }) => void): void },
  step: number,
): void {
  facet.edit((draft) => {
    if (step % 2) draft.note = `note ${step}`;
    else draft.list.push({ step, when: new Date(step), nested: [[null, 1.5]] });
  });
}

function operation(n: number): OperationId {
  const id = parseOperationId(n.toString(16).padStart(32, '0'));
  if (!id) throw new Error(`no operation id for ${n}`);
  return id;
}

interface Recorded {
  /** In the order in which they were made. */
  readonly updates: Samples;
  readonly states: Samples;
}

/** Updates of runs and of editors by one client, and the states in between. */
function record<F>({ type, edit }: Library<F>): Recorded {
  const replica = type.open({ clientId: 11 });
  const updates: Uint8Array[] = [];
  const states: Uint8Array[] = [replica.save()];
  replica.onEdit((update) => updates.push(update));
  for (let step = 0; step < 12; step++) {
    edit(replica.facet, step);
    const ran = replica.run(
      { operation: operation(step + 1) },
      ({ balance, tags, slots, field }) => {
        balance.add('ann', step - 5);
        if (step % 3) tags.put(`tag ${step % 4}`, step);
        else tags.delete('tag 1');
        if (step % 2) slots.claim(['10:00', '11:00'], { who: `client ${step}` });
        field.set(`page ${step % 2}`, step);
      },
    );
    updates.push(ran.update);
    if (step % 4 === 3) states.push(replica.save());
  }
  replica.close();
  const [firstUpdate, ...moreUpdates] = updates;
  const [firstState, ...moreStates] = states;
  if (!firstUpdate || !firstState) throw new Error('nothing was recorded');
  return { updates: [firstUpdate, ...moreUpdates], states: [firstState, ...moreStates] };
}

function targetsOf<F>(name: string, library: Library<F>): readonly FuzzTarget[] {
  const { type, shares } = library;
  const recorded = record(library);
  const { updates, states } = recorded;
  const open = (): DocumentReplica<F, Roots> => type.open({ clientId: 12 });
  const takeUpdate = updateTaker(open, states.at(-2) ?? states[0]);
  const [updateShare, strangeShare, stateShare] = shares;
  return [
    {
      ...{ name: `${name} updates`, share: updateShare, msPerKibMax, take: takeUpdate },
      draw: (random) => drawMutant(updates, random),
    },
    {
      ...{ name: `${name} strange updates`, share: strangeShare, msPerKibMax, take: takeUpdate },
      draw: (random) => library.drawStrange(recorded, random),
    },
    {
      ...{ name: `${name} states`, share: stateShare, msPerKibMax, take: stateTaker(open) },
      draw: (random) => drawMutant(states, random),
    },
  ];
}

type Open<F> = () => DocumentReplica<F, Roots>;

function updateTaker<F>(open: Open<F>, base: Uint8Array): FuzzTarget['take'] {
  return (input) => {
    const replica = open();
    // On half of what it builds on: some of it can be applied, some must be refused.
    if (input.length % 2) replica.load(base);
    const before = canonicalJson(replica.content());
    const position = 1 + (input.length % 9);
    const incoming = { update: input, operation: operation(3), position };
    const applied = attempt(cannotApply, () => replica.apply(incoming));
    if (applied.type === 'refused') {
      requireSame('the content after a refusal', canonicalJson(replica.content()), before);
    } else requireSound(open, replica);
    replica.close();
    return applied.type === 'applied' ? 'accepted' : applied.reason;
  };
}

function stateTaker<F>(open: Open<F>): FuzzTarget['take'] {
  return (input) => {
    const replica = open();
    const isLoaded = replica.load(input);
    if (isLoaded) {
      attempt(cannotRun, () => runOnce(replica));
      requireSound(open, replica);
    }
    replica.close();
    return isLoaded ? 'accepted' : 'refused';
  };
}

function runOnce<F>(replica: DocumentReplica<F, Roots>): void {
  const ran = replica.run({ operation: operation(99) }, ({ balance }) => balance.add('b', 1));
  if (ran.type === 'threw') throw ran.error;
}

export const cannotApply = 'an update was not refused, and could not be applied';
export const cannotSave = 'a document that took it cannot be read or saved any more';
export const cannotLoad = 'a state that was saved cannot be loaded';
export const cannotRun = 'a document that was loaded cannot be written to';
export const readsDifferently = 'a document reads differently after a reload';

/** What a document took in must come out again, the same. */
function requireSound<F>(open: Open<F>, replica: DocumentReplica<F, Roots>): void {
  const [content, state] = attempt(cannotSave, () => [
    canonicalJson(replica.content()),
    replica.save(),
  ]);
  const copy = open();
  if (!copy.load(state)) throw new Error(cannotLoad);
  requireSame(readsDifferently, canonicalJson(copy.content()), content);
  copy.close();
}
