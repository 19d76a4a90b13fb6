// How long does a primary take to start on a long log, with a checkpoint and without one? A real relay on
// a real folder: from its start until an operation that is sent at once has been audited.
import { createHash, randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import {
  chainGenesis,
  chainNext,
  type DocumentId,
  decodeFacts,
  decodeHeader,
  encodeHeader,
  encodeOperationPayload,
  type Hash,
  type LogHead,
  type OperationId,
  type SealedChange,
  type WriterRecord,
} from '@causeway/core';
import { app } from '@causeway/demo/bank';
import { defaultLimits, encodeFrames, protocolVersion } from '@causeway/protocol';
import {
  type AppendRequest,
  type LogReader,
  type LogStore,
  openLogReader,
  openSqliteStore,
  startRelay,
} from '@causeway/relay';
import type { Benchmark } from './benchmark.ts';

const module = new URL('../apps/demo/src/bank.ts', import.meta.url);
const document = 'bench' as DocumentId;
const entriesCount = 50_000;
const batch = 500;
const pollMs = 5;
const hash: Hash = (bytes) => new Uint8Array(createHash('sha256').update(bytes).digest());

/** Claim: with a checkpoint it starts in less than half of the time. */
export const primaryRestart: Benchmark = async () => {
  const folder = await mkdtemp(join(tmpdir(), 'causeway-bench-'));
  try {
    const writer = new DepositWriter();
    await writeLog(folder, writer);
    const first = await timeStart(folder, writer);
    const { position, bytes } = checkpointIn(folder) ?? { position: 0, bytes: new Uint8Array(0) };
    const kept = await timeStart(folder, writer);
    forgetCheckpoint(folder);
    const replayed = await timeStart(folder, writer);
    console.log(`primary-restart, ${entriesCount} operations on 100 keys, Yjs`);
    console.log(`  first audit of the whole log     ${first.toFixed(0).padStart(7)} ms`);
    console.log(`  start without a checkpoint       ${replayed.toFixed(0).padStart(7)} ms`);
    console.log(
      `  start with one at ${String(position).padStart(6)}         ${kept.toFixed(0).padStart(7)} ms`,
    );
    console.log(
      `  its size                         ${(bytes.length / 1e6).toFixed(1).padStart(7)} MB`,
    );
    const isGood = kept * 2 <= replayed;
    console.log(isGood ? 'HOLDS' : 'DOES NOT HOLD: more than half of the time without');
    return isGood;
  } finally {
    await rm(folder, { recursive: true });
  }
};

/** A client that deposits and deposits. */
class DepositWriter {
  readonly author: WriterRecord = {
    writer: randomBytes(16).toString('hex') as WriterRecord['writer'],
    replica: randomBytes(16).toString('hex') as WriterRecord['replica'],
    clientId: 5,
  };
  private readonly replica = app.definition.document.open({ clientId: 5 });
  private last = chainGenesis(hash, document, this.author);
  private seq = 0;

  write(count: number): AppendRequest {
    const [firstSeq, previous] = [this.seq + 1, this.last];
    const changes = Array.from({ length: count }, () => this.deposit(firstSeq - 1));
    const condition = { ifNamedHead: undefined, isPrimary: false };
    return {
      document,
      author: this.author,
      firstSeq,
      previous,
      changes,
      last: this.last,
      ...condition,
    };
  }

  /** `seen`: what it stands on is in the log already. */
  private deposit(seen: number): SealedChange {
    this.seq += 1;
    const id = this.seq.toString(16).padStart(32, '0') as OperationId;
    const args = { account: `account-${this.seq % 100}`, cents: 100 };
    const user = { id: 'anonymous', roles: [] };
    const effect = (): void => undefined;
    const { replica } = this.author;
    const context = { id, user, replica, mode: 'connected', wallMs: 0, effect } as const;
    const ran = this.replica.run({ operation: id }, (roots) =>
      app.definition.operations['deposit']?.run(roots, args, context),
    );
    const decision = { mode: 'connected', cell: 'safe', invariant: '*' } as const;
    const operation = { id, name: 'deposit', codeVersion: 1, user: user.id, wallMs: 0, decision };
    const about = { epoch: 1, position: seen, dots: [] };
    const sealed = {
      header: encodeHeader({ kind: 'operation', context: about, operation }),
      payload: encodeOperationPayload({ args, update: ran.update }),
      effects: new Uint8Array(0),
    };
    this.last = chainNext(hash, this.last, sealed);
    return sealed;
  }
}

async function writeLog(folder: string, writer: DepositWriter): Promise<void> {
  const store = await openSqliteStore(folder);
  for (let made = 0; made < entriesCount; made += batch) await append(store, writer, batch);
  await store.close();
}

async function append(store: LogStore, writer: DepositWriter, count: number): Promise<void> {
  const [result] = await store.append([writer.write(count)]);
  if (result?.type !== 'appended') throw new Error(`refused: ${JSON.stringify(result)}`);
}

/** From the start of a relay until something that is new has been audited. */
async function timeStart(folder: string, writer: DepositWriter): Promise<number> {
  const store = await openSqliteStore(folder);
  await append(store, writer, 1);
  const head = await store.head(document);
  const startedMs = performance.now();
  const limits = { heartbeatMs: 120_000 };
  const relay = await startRelay({ data: folder, port: 0, app: module, store, limits });
  const link = new WebSocket(relay.url.replace('http', 'ws'));
  link.binaryType = 'arraybuffer';
  await ask(link, head);
  const reader = openLogReader(folder);
  while (!isAudited(reader, head.position)) await pause(pollMs);
  const tookMs = performance.now() - startedMs;
  await pause(2_000); // In which a checkpoint is taken, where one is due.
  reader.close();
  link.close();
  await relay.close();
  return tookMs;
}

/** Says hello and opens the document: that is when its audit begins. */
async function ask(link: WebSocket, { log, epoch, position, prefixHash }: LogHead): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<unknown>();
  link.onopen = resolve;
  link.onerror = reject;
  await promise;
  const { replica } = new DepositWriter().author;
  const known = { log, epoch, position, prefixHash };
  const hello = { type: 'hello', app: 'bank', appVersion: 1, replica, token: '' } as const;
  const messages = [
    { ...hello, protocol: protocolVersion },
    { type: 'open', document, known, vector: [] } as const,
  ];
  for (const frame of encodeFrames(messages, defaultLimits.frameBytesMax)) {
    link.send(new Uint8Array(frame));
  }
}

function isAudited(reader: LogReader, position: number): boolean {
  for (const { entry } of reader.entries(document, position)) {
    if (decodeHeader(entry.sealed.header)?.kind !== 'coordination') continue;
    const facts = decodeFacts(entry.sealed.payload) ?? [];
    if (facts.some((fact) => fact.fact === 'audited' && fact.upTo >= position)) return true;
  }
  return false;
}

function checkpointIn(folder: string) {
  const reader = openLogReader(folder);
  try {
    return reader.checkpoint(document);
  } finally {
    reader.close();
  }
}

function forgetCheckpoint(folder: string): void {
  const database = new DatabaseSync(join(folder, 'causeway.db'));
  database.exec('DELETE FROM checkpoints');
  database.close();
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
