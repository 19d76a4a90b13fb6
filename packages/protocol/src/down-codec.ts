// The bodies of what comes down, as bytes: tables in docs/PROTOCOL.md, §Messages down.
import { ByteWriter } from '@causeway/core';
import { writeFlag, writeHash, writeId, writeVector } from './body-fields.ts';
import {
  type BodyReader,
  readDocument,
  readFlag,
  readHash,
  readLogId,
  readVector,
  readWriterId,
} from './body-reader.ts';
import {
  type DownMessage,
  type Echo,
  type Fault,
  type FaultCode,
  faultCloseCodes,
  type Opened,
  type PushRefused,
  pushRefusals,
  type Welcome,
} from './down.ts';
import { readEntries, writeEntries } from './entries-codec.ts';

/** The type codes of messages down: 65 to 127, never reused. */
export const downCodes = {
  welcome: 65,
  opened: 66,
  entries: 67,
  'push-refused': 68,
  echo: 69,
  fault: 70,
} as const;

/** Order is the wire code: append only. */
const relations = ['resumed', 'new-log', 'behind', 'diverged'] as const;

/** The body of a message down. Cost: O(its bytes). */
export function encodeDownBody(message: DownMessage): Uint8Array {
  const writer = new ByteWriter();
  switch (message.type) {
    case 'welcome':
      writeWelcome(writer, message);
      break;
    case 'opened':
      writeOpened(writer, message);
      break;
    case 'entries':
      writeEntries(writer, message);
      break;
    case 'push-refused':
      writePushRefused(writer, message);
      break;
    case 'echo':
      writer.uint(message.nonce);
      break;
    case 'fault':
      writer.uint(faultCloseCodes[message.code]).text(message.message);
      break;
  }
  return writer.done();
}

/** The readers of bodies, by type code. Each answers undefined, or marks its reader, to refuse. */
export const downReaders: ReadonlyMap<number, (reader: BodyReader) => DownMessage | undefined> =
  new Map<number, (reader: BodyReader) => DownMessage | undefined>([
    [downCodes.welcome, readWelcome],
    [downCodes.opened, readOpened],
    [downCodes.entries, readEntries],
    [downCodes['push-refused'], readPushRefused],
    [downCodes.echo, readEcho],
    [downCodes.fault, readFault],
  ]);

function writeWelcome(writer: ByteWriter, welcome: Welcome): void {
  const { frameBytesMax, changeBytesMax } = welcome.limits;
  writer.uint(welcome.protocol).uint(frameBytesMax).uint(changeBytesMax);
  writeFlag(writer, welcome.hasPrimary);
}

function readWelcome(reader: BodyReader): Welcome {
  const protocol = reader.uint();
  const limits = { frameBytesMax: reader.uint(), changeBytesMax: reader.uint() };
  return { type: 'welcome', protocol, limits, hasPrimary: readFlag(reader) };
}

function writeOpened(writer: ByteWriter, opened: Opened): void {
  const { head } = opened;
  writer.text(opened.document);
  writeId(writer, head.log);
  writer.uint(head.epoch).uint(head.position);
  writeHash(writer, head.prefixHash);
  writeHash(writer, head.digest);
  writer.uint(head.namedPosition).byte(relations.indexOf(opened.relation));
  writeVector(writer, opened.vector);
}

function readOpened(reader: BodyReader): Opened | undefined {
  const document = readDocument(reader);
  const log = readLogId(reader);
  const epoch = reader.uint();
  const position = reader.uint();
  const prefixHash = readHash(reader);
  const digest = readHash(reader);
  const namedPosition = reader.uint();
  const relation = relations[reader.byte()];
  const vector = readVector(reader);
  if (!document || !log || !relation) return undefined;
  const head = { log, epoch, position, prefixHash, digest, namedPosition };
  return { type: 'opened', document, head, relation, vector };
}

function writePushRefused(writer: ByteWriter, refused: PushRefused): void {
  writer.text(refused.document);
  writeId(writer, refused.writer);
  writer.uint(refused.seq).byte(pushRefusals.indexOf(refused.code)).uint(refused.expected);
}

function readPushRefused(reader: BodyReader): PushRefused | undefined {
  const document = readDocument(reader);
  const writer = readWriterId(reader);
  const seq = reader.uint();
  const code = pushRefusals[reader.byte()];
  const expected = reader.uint();
  if (!document || !writer || !code) return undefined;
  return { type: 'push-refused', document, writer, seq, code, expected };
}

function readEcho(reader: BodyReader): Echo {
  return { type: 'echo', nonce: reader.uint() };
}

const faultCodes: ReadonlyMap<number, FaultCode> = new Map(
  (Object.keys(faultCloseCodes) as FaultCode[]).map((code) => [faultCloseCodes[code], code]),
);

function readFault(reader: BodyReader): Fault | undefined {
  const code = faultCodes.get(reader.uint());
  const message = reader.text();
  return code && { type: 'fault', code, message };
}
