// The log of a busy bank, entry by entry: deposits and withdrawals of several machines that are mostly in
// step, each written against its own document as a device would.
import {
  type DocumentReplica,
  defineApp,
  encodeHeader,
  encodeOperationPayload,
  type LogEntry,
  limit,
  type OperationId,
  parseReplicaId,
  parseWriterId,
  safe,
  type View,
  type WriterRecord,
} from '@causeway/core';
import * as v from 'valibot';
import type { Books, BooksDocument } from './audit-documents.ts';

const args = v.object({ account: v.string(), cents: v.number() });

/** What may be done, on any document that keeps these books. */
export function bankOn(document: BooksDocument) {
  return defineApp({ name: 'bench-bank', version: 1, document })
    .operations({
      deposit: {
        args,
        subjects: (a) => [a.account],
        run: (doc, a) => doc.balance.add(a.account, a.cents),
      },
      withdraw: {
        args,
        subjects: (a) => [a.account],
        requires: (doc, a) => doc.balance.get(a.account) >= a.cents || 'too-little',
        run: (doc, a) => doc.balance.add(a.account, -a.cents),
      },
    })
    .invariants({
      covered: {
        holds: (doc, key) => sumOf(doc, key) >= 0,
        deficit: (doc, key) => Math.max(0, -sumOf(doc, key)),
      },
    })
    .compensations({ covered: { restore: (doc, x) => doc.due.add(x.key, x.deficit) } })
    .policy({
      deposit: { covered: safe({ credits: (a) => a.cents }) },
      withdraw: { covered: limit({ of: (a) => a.cents, max: 20_000 }) },
    });
}

function sumOf({ balance, due }: View<Books>, key: string): number {
  return balance.get(key) + due.get(key);
}

/** Machines of the bank: each writes one chain, and sees the others a little late. */
const machines = 8;
const lagEntries = 40;

interface Machine {
  readonly author: WriterRecord;
  readonly document: DocumentReplica<unknown, Books>;
  seq: number;
}

/** Makes entries on and on. Cost: one run of a document per entry. */
export class BankLog {
  private readonly machines: readonly Machine[];
  private readonly keys: number;
  private made = 0;

  constructor(document: BooksDocument, o: { readonly keys: number }) {
    this.keys = o.keys;
    this.machines = Array.from({ length: machines }, (_, at): Machine => {
      const author = { writer: writerOf(at), replica: replicaOf(at), clientId: 100 + at };
      return { author, document: document.open({ clientId: author.clientId }), seq: 0 };
    });
  }

  /** The entry at this position, which follows the one made before. */
  next(position: number): LogEntry {
    const made = this.made++;
    const machine = this.machines[made % machines];
    if (!machine) throw new Error('there are no machines');
    const account = `account-${(made * 7_919) % this.keys}`;
    // Four deposits to one withdrawal of each account, a deposit first.
    const round = Math.floor(made / this.keys);
    const name = round > 0 && (made + round) % 5 === 4 ? 'withdraw' : 'deposit';
    // One withdrawal in 400 asks for more than there is: stale, and void.
    const isTooMuch = name === 'withdraw' && Math.floor(made / 5) % 400 === 0;
    const cents = isTooMuch ? 1e9 : 1 + (made % 7);
    const id = made.toString(16).padStart(32, '0') as OperationId;
    const by = name === 'deposit' ? cents : -cents;
    const ran = machine.document.run({ operation: id }, (books) => books.balance.add(account, by));
    if (ran.type === 'threw') throw ran.error;
    machine.seq += 1;
    const header = encodeHeader({
      kind: 'operation',
      context: { epoch: 1, position: Math.max(0, position - lagEntries), dots: [] },
      operation: {
        ...{ id, name, codeVersion: 1, user: 'ann', wallMs: 1.8e12 },
        decision: { mode: 'connected', cell: 'safe', invariant: '*' },
      },
    });
    const payload = encodeOperationPayload({ args: { account, cents }, update: ran.update });
    const sealed = { header, payload, effects: new Uint8Array(0) };
    return { position, author: machine.author, seq: machine.seq, sealed };
  }
}

const idOf = (at: number): string => (at + 1).toString(16).padStart(32, '0');

function writerOf(at: number): WriterRecord['writer'] {
  const writer = parseWriterId(idOf(at));
  if (!writer) throw new Error('no writer id');
  return writer;
}

function replicaOf(at: number): WriterRecord['replica'] {
  const replica = parseReplicaId(idOf(at));
  if (!replica) throw new Error('no replica id');
  return replica;
}
