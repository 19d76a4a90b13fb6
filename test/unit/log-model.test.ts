// Both stores against a naive twin: lists, compared item by item, without a single hash.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  type AppendRequest,
  type LogStore,
  openMemoryStore,
  openSqliteStore,
} from '@causeway/relay';
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { type Draft, documentNamed, TestWriter, verifyLog } from '../contracts/log-writer.ts';

const document = documentNamed('twin');
const chainLength = 8;

/** Chain 2w and 2w+1 are the two continuations of writer w, which part at `partsAt`. */
interface Chain {
  readonly writer: number;
  readonly chain: TestWriter;
  /** A name per change, equal for equal changes, and what admission cares about. */
  readonly items: readonly Item[];
}
interface Item {
  readonly name: string;
  readonly operation: string | undefined;
}
interface Ask {
  readonly chain: number;
  readonly from: number;
  readonly count: number;
  readonly ifNamedHead: number | undefined;
}
type Command =
  | { readonly type: 'group'; readonly asks: readonly Ask[] }
  | { readonly type: 'reopen' };

const ask = fc.record({
  chain: fc.nat(5),
  from: fc.nat(chainLength - 1),
  count: fc.integer({ min: 1, max: chainLength }),
  ifNamedHead: fc.option(fc.nat(6), { nil: undefined, freq: 3 }),
});
const command: fc.Arbitrary<Command> = fc.oneof(
  {
    weight: 9,
    arbitrary: fc.record({
      type: fc.constant('group' as const),
      asks: fc.array(ask, { minLength: 1, maxLength: 5 }),
    }),
  },
  { weight: 1, arbitrary: fc.record({ type: fc.constant('reopen' as const) }) },
);
/** Operation ids by index: few, so that they meet. */
const operations = fc.array(fc.option(fc.nat(9), { nil: undefined, freq: 1 }), {
  minLength: chainLength * 6,
  maxLength: chainLength * 6,
});
const partings = fc.array(fc.nat(chainLength), { minLength: 3, maxLength: 3 });

function makeChains(ids: readonly (number | undefined)[], partsAt: readonly number[]): Chain[] {
  const makeItem = (chain: number, seq: number): [Item, Draft] => {
    const id = ids[chain * chainLength + seq];
    const operation = id === undefined ? undefined : `c:${id}`;
    const draft: Draft = operation === undefined ? {} : { kind: 'operation', operation };
    return [{ name: `${chain}/${seq}`, operation }, draft];
  };
  return [0, 1, 2].flatMap((writer) => {
    const made = Array.from({ length: chainLength }, (_, seq) => makeItem(writer * 2, seq));
    const chain = new TestWriter(document);
    const parting = partsAt[writer] ?? 0;
    chain.write(...made.slice(0, parting).map(([, draft]) => draft));
    const twin = chain.fork();
    chain.write(...made.slice(parting).map(([, draft]) => draft));
    const other = Array.from({ length: chainLength - parting }, (_, index) =>
      makeItem(writer * 2 + 1, parting + index),
    );
    twin.write(...other.map(([, draft]) => draft));
    const items = made.map(([item]) => item);
    return [
      { writer, chain, items },
      { writer, chain: twin, items: [...items.slice(0, parting), ...other.map(([item]) => item)] },
    ];
  });
}

/** The naive twin: the log as a list of (writer, item). */
class NaiveLog {
  readonly entries: { readonly writer: number; readonly item: Item }[] = [];

  append({ writer, items }: Chain, { from, count, ifNamedHead }: Ask): object {
    const known = this.entries.filter((e) => e.writer === writer).map(({ item }) => item.name);
    const refused = (code: string) => ({ type: 'refused', code, expected: known.length + 1 });
    if (from > known.length) return refused('gap');
    const sent = items.slice(0, from + count).map(({ name }) => name);
    if (sent.some((name, index) => index < known.length && name !== known[index])) {
      return refused('fork');
    }
    const fresh = items.slice(known.length, from + count);
    const named = this.entries.findLastIndex(({ item }) => item.operation !== undefined) + 1;
    if (fresh.length > 0 && ifNamedHead !== undefined && ifNamedHead !== named) {
      return refused('moved');
    }
    const taken = [...this.entries.map(({ item }) => item), ...fresh].flatMap(
      (i) => i.operation ?? [],
    );
    if (fresh.length > 0 && new Set(taken).size < taken.length)
      return refused('duplicate-operation');
    for (const item of fresh) this.entries.push({ writer, item });
    return { type: 'appended', seqs: fresh.map((_, index) => known.length + 1 + index) };
  }
}

function toRequest({ chain }: Chain, { from, count, ifNamedHead }: Ask): AppendRequest {
  return { ...chain.request(from + 1, Math.min(from + count, chainLength)), ifNamedHead };
}

/** Runs commands on both; a group is asked at once, as by so many links. */
async function compare(
  open: () => Promise<LogStore>,
  chains: readonly Chain[],
  commands: readonly Command[],
  canReopen: boolean,
): Promise<void> {
  const twin = new NaiveLog();
  let store = await open();
  try {
    for (const { type, ...rest } of commands) {
      if (type === 'reopen' && canReopen) {
        await store.close();
        store = await open();
      }
      const asks = 'asks' in rest ? rest.asks : [];
      const pairs = asks.flatMap((a) => {
        const chain = chains[a.chain];
        return chain ? [[chain, a] as const] : [];
      });
      const expected = pairs.map(([chain, a]) => twin.append(chain, a));
      const results = await Promise.all(pairs.map(([c, a]) => store.append([toRequest(c, a)])));
      const seen = results
        .flat()
        .map((r) =>
          r.type === 'appended'
            ? { type: r.type, seqs: r.entries.map(({ seq }) => seq) }
            : { type: r.type, code: r.code, expected: r.expected },
        );
      expect(seen).toEqual(expected);
    }
    const head = await verifyLog(store, document);
    expect(head.position).toBe(twin.entries.length);
  } finally {
    await store.close();
  }
}

const folders: string[] = [];
afterAll(() => Promise.all(folders.map((folder) => rm(folder, { recursive: true }))));

describe('log stores and their naive twin', () => {
  it('agree in memory', async () => {
    const property = fc.asyncProperty(
      ...([operations, partings, fc.array(command, { maxLength: 12 })] as const),
      async (ids, partsAt, commands) => {
        const chains = makeChains(ids, partsAt);
        await compare(async () => openMemoryStore(), chains, commands, false);
      },
    );
    await fc.assert(property, { numRuns: 300 });
  });

  it('agree on disk, over restarts', { timeout: 60_000 }, async () => {
    const property = fc.asyncProperty(
      ...([operations, partings, fc.array(command, { minLength: 6, maxLength: 20 })] as const),
      async (ids, partsAt, commands) => {
        const folder = await mkdtemp(join(tmpdir(), 'causeway-log-'));
        folders.push(folder);
        const chains = makeChains(ids, partsAt);
        await compare(() => openSqliteStore(folder), chains, commands, true);
      },
    );
    await fc.assert(property, { numRuns: 10 });
  });
});
