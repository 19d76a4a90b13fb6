// Documents of a size, along one axis at a time: a long history on few keys, many keys, many writers.
import {
  defineApp,
  every,
  type Known,
  limit,
  type OperationId,
  prohibit,
  safe,
} from '@causeway/core';
import { counter, yjs } from '@causeway/yjs';
import * as v from 'valibot';
import type { Doc } from 'yjs';

/** Keys of the axes that do not grow them. */
const fewKeys = 100;

const document = yjs((doc) => ({ stock: counter(doc, 'stock') }));
const args = v.object({ item: v.string(), pieces: v.number() });
interface Stock {
  readonly stock: { get(item: string): number };
}

/** One operation per kind of row; three invariants, as an application of some size has. */
export const app = defineApp({ name: 'bench-shop', version: 1, document })
  .operations({
    safe: { args, run: () => undefined },
    limit: { args, run: () => undefined },
    function: { args, run: () => undefined },
    reading: { args, run: () => undefined },
  })
  .invariants({
    inStock: { holds: (doc, item) => doc.stock.get(item) >= 0 },
    bounded: { holds: (doc, item) => doc.stock.get(item) <= 100 },
    even: { holds: (doc, item) => doc.stock.get(item) % 2 === 0 },
  })
  .compensations({ inStock: { restore: () => undefined } })
  .policy({
    safe: every(safe()),
    limit: { inStock: limit({ of: (a) => a.pieces, max: 5 }), '*': safe() },
    function: { inStock: (a) => (a.pieces > 5 ? prohibit() : safe()), '*': safe() },
    reading: {
      // Asks the view, as a cell does that is strict only where little is left.
      inStock: (a, known: Known<Stock>) =>
        known.view.stock.get(a.item) > 1_000_000 ? prohibit() : safe(),
      '*': safe(),
    },
  });

export const axes = ['history', 'document', 'replicas'] as const;
export type Axis = (typeof axes)[number];

export interface GrownDocument {
  readonly size: number;
  readonly view: Stock;
  readonly keys: readonly string[];
}

/** Cost: about 10 µs per operation; 10⁶ of them are some seconds and a gigabyte. */
export function growDocument(axis: Axis, size: number): GrownDocument {
  const replica = document.open({ clientId: 5 });
  const keyOf = (at: number): string => `item-${axis === 'document' ? at : at % fewKeys}`;
  const operations = axis === 'replicas' ? fewKeys : size;
  for (let made = 0; made < operations; made++) {
    const ran = replica.run({ operation: operationId(made) }, (roots) =>
      roots.stock.add(keyOf(made), 1),
    );
    if (ran.type === 'threw') throw ran.error;
  }
  if (axis === 'replicas') writeAsMany(replica.facet.doc, size);
  const keys = Array.from({ length: axis === 'document' ? size : fewKeys }, (_, at) => keyOf(at));
  return { size, view: replica.view, keys };
}

/**
 * Leaves an item of so many writers in the document, as their updates would. In one transaction,
 * because Yjs looks at every writer in each.
 */
function writeAsMany(doc: Doc, writers: number): void {
  const own = doc.clientID;
  const marks = doc.getMap('marks');
  doc.transact(() => {
    for (let writer = 0; writer < writers; writer++) {
      doc.clientID = 1_000 + writer;
      marks.set(`mark-${writer % fewKeys}`, writer);
    }
  });
  doc.clientID = own;
}

function operationId(at: number): OperationId {
  return at.toString(16).padStart(32, '0') as OperationId;
}
