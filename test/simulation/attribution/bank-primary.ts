// A random bank history through real Yjs documents and the real primary: what does the audit say of it?
import { createHash } from 'node:crypto';
import {
  type AppDefinition,
  decodeFacts,
  defineApp,
  encodeHeader,
  encodeOperationPayload,
  type Fact,
  type LogEntry,
  type OperationId,
  openPrimary,
  parseDocumentId,
  parseOperationId,
  parseReplicaId,
  safe,
  stepPrimary,
} from '@causeway/core';
import { counter, yjs } from '@causeway/yjs';
import * as v from 'valibot';
import type { BankHistory, BankItem } from './bank-history.ts';
import { writerOf } from './explain-history.ts';

export const account = 'ann';

function documentOf(opening: number) {
  return yjs((doc) => ({ balance: counter(doc, 'balance'), memo: doc.getText('memo') }), {
    initial: (doc) => doc.balance.add(account, opening),
  });
}
type BankDocument = ReturnType<typeof documentOf>;
type BankReplica = ReturnType<BankDocument['open']>;

/** A rule whose sum is declared, or not: then each state is built. */
function definitionOf(document: BankDocument, o: { readonly hasMargin: boolean }): AppDefinition {
  return defineApp({ name: 'history-bank', version: 1, document })
    .operations({
      pay: {
        args: v.object({ by: v.number() }),
        subjects: () => [account],
        run: (doc, a) => doc.balance.add(account, a.by),
      },
    })
    .invariants({
      covered: {
        record: 'possible',
        holds: (doc, key) => doc.balance.get(key) >= 0,
        deficit: (doc, key) => Math.max(0, -doc.balance.get(key)),
        ...(o.hasMargin && { margin: (doc, key) => doc.balance.get(key) }),
      },
    })
    .policy({ pay: { covered: safe() } }).definition;
}

function must<T>(value: T | undefined): T {
  if (value === undefined) throw new Error('a test asked for something that is not there');
  return value;
}

export function operationOf(index: number): OperationId {
  return must(parseOperationId(String(index).padStart(32, '0')));
}

const noBytes = new Uint8Array(0);
const hash = (bytes: Uint8Array): Uint8Array =>
  new Uint8Array(createHash('sha256').update(bytes).digest());

/** Every fact of the audit of a history. */
export function auditHistory(
  history: BankHistory,
  o: { readonly hasMargin: boolean },
): readonly Fact[] {
  const document = documentOf(history.opening);
  return auditEntries(definitionOf(document, o), entriesOf(document, history));
}

/** The facts that a new primary wants to append after these entries. */
function auditEntries(definition: AppDefinition, entries: readonly LogEntry[]): readonly Fact[] {
  const id = must(parseDocumentId('bank'));
  const document = definition.document.open({ clientId: 99 });
  const state = openPrimary({ definition, id, document, author: authorOf(7), hash, epoch: 1 });
  const moment = { monotonicMs: 0, wallMs: 0, random: 0 };
  const [asked] = stepPrimary(state, { type: 'entriesCommitted', entries }, moment);
  if (asked?.type !== 'append') throw new Error('the audit says nothing');
  return must(decodeFacts(must(asked.changes[0]).payload));
}

function authorOf(replica: number): LogEntry['author'] {
  const name = must(parseReplicaId(String(replica + 1).repeat(32)));
  return { writer: writerOf(replica), replica: name, clientId: replica + 1 };
}

interface Device {
  readonly replica: BankReplica;
  /** How much of the log it has. */
  applied: number;
}

/** What each replica wrote, each on the document that it had then. */
function entriesOf(document: BankDocument, { log }: BankHistory): readonly LogEntry[] {
  const devices = [0, 1, 2].map((at): Device => {
    return { replica: document.open({ clientId: authorOf(at).clientId }), applied: 0 };
  });
  const updates: Uint8Array[] = [];
  // What somebody had seen is committed before, and so is written before, in commit order too.
  for (const item of log) {
    const device = must(devices[item.replica]);
    for (; device.applied < item.seen; device.applied++) {
      const seen = must(log[device.applied]);
      if (seen.replica !== item.replica) take(device, seen, must(updates[seen.index]));
    }
    updates.push(write(device, item));
  }
  for (const { replica } of devices) replica.close();
  return log.map((item) => entryOf(item, must(updates[item.index])));
}

function take({ replica }: Device, { kind, index }: BankItem, update: Uint8Array): void {
  const named = kind === 'payment' ? { operation: operationOf(index) } : {};
  const applied = replica.apply({ update, position: index + 1, ...named });
  if (applied.type !== 'applied') throw new Error(`refused: ${applied.reason}`);
}

/** A payment also types: what its author had typed and read lies below it. */
function write({ replica }: Device, { kind, index, delta }: BankItem): Uint8Array {
  if (kind === 'payment') {
    const ran = replica.run({ operation: operationOf(index) }, ({ balance, memo }) => {
      balance.add(account, delta);
      memo.insert(Math.floor(memo.length / 2), '.');
    });
    return ran.update;
  }
  const made: Uint8Array[] = [];
  const stop = replica.onEdit((update) => made.push(update));
  const memo = replica.facet.doc.getText('memo');
  memo.insert(Math.floor(memo.length / 2), 'edit');
  stop();
  return must(made[0]);
}

function entryOf(
  { index, replica, seq, seen, kind, delta }: BankItem,
  update: Uint8Array,
): LogEntry {
  const context = { epoch: 1, position: seen, dots: [] };
  const place = { position: index + 1, author: authorOf(replica), seq };
  if (kind === 'edit') {
    const header = encodeHeader({ kind, context });
    return { ...place, sealed: { header, payload: update, effects: noBytes } };
  }
  const operation = {
    id: operationOf(index),
    name: 'pay',
    codeVersion: 1,
    user: 'anonymous',
    wallMs: 0,
    decision: { mode: 'partitioned', cell: 'safe', invariant: '*' },
  } as const;
  const header = encodeHeader({ kind: 'operation', context, operation });
  const payload = encodeOperationPayload({ args: { by: delta }, update });
  return { ...place, sealed: { header, payload, effects: noBytes } };
}
