// The bodies of what goes up, as bytes: tables in docs/PROTOCOL.md, §Messages up.
import { assert, ByteWriter, textToBytes } from '@causeway/core';
import {
  writeAuthor,
  writeFlag,
  writeHash,
  writeId,
  writeSealed,
  writeVector,
} from './body-fields.ts';
import {
  type BodyReader,
  readAuthor,
  readCount,
  readDocument,
  readFlag,
  readHash,
  readLogId,
  readReplicaId,
  readSealed,
  readText,
  readVector,
} from './body-reader.ts';
import type { Hello, KnownHead, Leave, Open, Probe, Push, UpMessage } from './up.ts';
import { changesPerPushMax, tokenBytesMax } from './wire-limits.ts';

/** The type codes of messages up: 1 to 63, never reused. */
export const upCodes = { hello: 1, open: 2, push: 3, probe: 4, leave: 5 } as const;

/** The body of a message up. Cost: O(its bytes). */
export function encodeUpBody(message: UpMessage): Uint8Array {
  const writer = new ByteWriter();
  switch (message.type) {
    case 'hello':
      writeHello(writer, message);
      break;
    case 'open':
      writeOpen(writer, message);
      break;
    case 'push':
      writePush(writer, message);
      break;
    case 'probe':
      writer.uint(message.nonce);
      break;
    case 'leave':
      writer.text(message.document);
      break;
  }
  return writer.done();
}

/** The readers of bodies, by type code. Each answers undefined, or marks its reader, to refuse. */
export const upReaders: ReadonlyMap<number, (reader: BodyReader) => UpMessage | undefined> =
  new Map<number, (reader: BodyReader) => UpMessage | undefined>([
    [upCodes.hello, readHello],
    [upCodes.open, readOpen],
    [upCodes.push, readPush],
    [upCodes.probe, readProbe],
    [upCodes.leave, readLeave],
  ]);

function writeHello(writer: ByteWriter, hello: Hello): void {
  const token = textToBytes(hello.token);
  assert(token.length <= tokenBytesMax, 'token-too-large', `a token has ≤ ${tokenBytesMax} bytes`);
  writer.uint(hello.protocol).text(hello.app).uint(hello.appVersion);
  writeId(writer, hello.replica);
  writer.bytes(token);
}

function readHello(reader: BodyReader): Hello | undefined {
  const protocol = reader.uint();
  const app = reader.text();
  const appVersion = reader.uint();
  const replica = readReplicaId(reader);
  const token = readText(reader, tokenBytesMax);
  return replica && { type: 'hello', protocol, app, appVersion, replica, token };
}

function writeOpen(writer: ByteWriter, open: Open): void {
  const { document, known, vector } = open;
  writer.text(document);
  writeFlag(writer, known !== undefined);
  if (known) {
    writeId(writer, known.log);
    writer.uint(known.epoch).uint(known.position);
    writeHash(writer, known.prefixHash);
  }
  writeVector(writer, vector);
}

function readOpen(reader: BodyReader): Open | undefined {
  const document = readDocument(reader);
  const known = readFlag(reader) ? readKnown(reader) : undefined;
  const vector = readVector(reader);
  return document && { type: 'open', document, known, vector };
}

function readKnown(reader: BodyReader): KnownHead | undefined {
  const log = readLogId(reader);
  const epoch = reader.uint();
  const position = reader.uint();
  const prefixHash = readHash(reader);
  return log && { log, epoch, position, prefixHash };
}

function writePush(writer: ByteWriter, push: Push): void {
  const count = push.changes.length;
  assert(count >= 1, 'empty-push', 'a push carries at least one change');
  assert(count <= changesPerPushMax, 'too-many-items', 'split the push: see splitPush');
  writer.text(push.document);
  writeAuthor(writer, push.author);
  writer.uint(push.firstSeq);
  writeHash(writer, push.previous);
  writeFlag(writer, push.ifNamedHead !== undefined);
  if (push.ifNamedHead !== undefined) writer.uint(push.ifNamedHead);
  writer.uint(count);
  for (const change of push.changes) writeSealed(writer, change);
  writeHash(writer, push.last);
}

function readPush(reader: BodyReader): Push | undefined {
  const document = readDocument(reader);
  const author = readAuthor(reader);
  const firstSeq = reader.uint();
  const previous = readHash(reader);
  const ifNamedHead = readFlag(reader) ? reader.uint() : undefined;
  const count = readCount(reader, changesPerPushMax);
  const changes = [];
  for (let at = 0; at < count && reader.ok; at++) changes.push(readSealed(reader));
  const last = readHash(reader);
  if (!document || !author || changes.length === 0) return undefined;
  return { type: 'push', document, author, firstSeq, previous, changes, last, ifNamedHead };
}

function readProbe(reader: BodyReader): Probe {
  return { type: 'probe', nonce: reader.uint() };
}

function readLeave(reader: BodyReader): Leave | undefined {
  const document = readDocument(reader);
  return document && { type: 'leave', document };
}
