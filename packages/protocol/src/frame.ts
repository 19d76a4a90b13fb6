// Messages to frames and back. A frame is what one WebSocket message holds. The decoder is total:
// any bytes give messages or a fault, in time and memory bounded by how many bytes there are.
import { assert } from '@causeway/core';
import { BodyReader } from './body-reader.ts';
import { type DownMessage, type Limits, type PeerFault, peerFault } from './down.ts';
import { downCodes, downReaders, encodeDownBody } from './down-codec.ts';
import {
  envelopeBytes,
  openFrame,
  type RawMessage,
  rawMessageBytes,
  readRawMessage,
  sealFrame,
} from './envelope.ts';
import type { UpMessage } from './up.ts';
import { encodeUpBody, upCodes, upReaders } from './up-codec.ts';
import { countItems, itemsPerFrameMax, messagesPerFrameMax } from './wire-limits.ts';

/**
 * One frame of messages up, however large it gets.
 *
 * @remarks Cost: O(bytes). Throws Bug `empty-frame` or `too-many-items`: use {@link encodeFrames}
 * where the number or the size of messages is not known.
 */
export function encodeUp(messages: readonly UpMessage[]): Uint8Array {
  return encodeFrame(messages);
}

/** One frame of messages down; else as {@link encodeUp}. */
export function encodeDown(messages: readonly DownMessage[]): Uint8Array {
  return encodeFrame(messages);
}

/**
 * The messages, in order, as the few frames that greedy packing gives, none over `frameBytesMax`.
 *
 * @remarks Cost: O(bytes). Throws Bug `message-too-large` when one message alone passes the limit:
 * the caller cuts pushes and entries before (`splitPush`, `splitEntries`).
 */
export function encodeFrames(
  messages: readonly UpMessage[] | readonly DownMessage[],
  frameBytesMax: number,
): readonly Uint8Array[] {
  const frames: Uint8Array[] = [];
  let batch: RawMessage[] = [];
  let bytes = envelopeBytes;
  let items = 0;
  for (const message of messages) {
    const raw = encodeMessage(message);
    const rawBytes = rawMessageBytes(raw);
    const rawItems = countItems(message);
    const fits =
      bytes + rawBytes <= frameBytesMax &&
      items + rawItems <= itemsPerFrameMax &&
      batch.length < messagesPerFrameMax;
    if (!fits && batch.length > 0) {
      frames.push(sealFrame(batch));
      batch = [];
      bytes = envelopeBytes;
      items = 0;
    }
    bytes += rawBytes;
    items += rawItems;
    assert(bytes <= frameBytesMax, 'message-too-large', `${message.type} makes ${bytes} bytes`);
    batch.push(raw);
  }
  if (batch.length > 0) frames.push(sealFrame(batch));
  return frames;
}

/**
 * The messages of a frame that came up, in order.
 *
 * @remarks Cost: O(bytes), and at most some 5 MiB of objects, whatever the frame claims. Hashes,
 * headers, payloads and effects are views of `bytes`, not copies: leave `bytes` unchanged, and copy
 * what outlives the frame by long, because a view keeps all of it in memory.
 * @returns the messages (at least one), or a fault, after which nothing of the frame counts and the
 * link is closed with `closeStatus`: `frame-too-large`, `unsupported-protocol` (another frame
 * version), `unknown-message`, `bad-document-id`, or `malformed-frame` for all else.
 */
export function decodeUp(bytes: Uint8Array, limits: Limits): readonly UpMessage[] | PeerFault {
  return decodeFrame(bytes, limits, upReaders);
}

/** The messages of a frame that came down; else as {@link decodeUp}. */
export function decodeDown(bytes: Uint8Array, limits: Limits): readonly DownMessage[] | PeerFault {
  return decodeFrame(bytes, limits, downReaders);
}

/** Tells a fault from messages. */
export function isPeerFault(decoded: readonly unknown[] | PeerFault): decoded is PeerFault {
  return 'closeStatus' in decoded;
}

function encodeFrame(messages: readonly (UpMessage | DownMessage)[]): Uint8Array {
  const items = messages.reduce((sum, message) => sum + countItems(message), 0);
  assert(items <= itemsPerFrameMax, 'too-many-items', 'use encodeFrames');
  return sealFrame(messages.map(encodeMessage));
}

function encodeMessage(message: UpMessage | DownMessage): RawMessage {
  return isUpMessage(message)
    ? { code: upCodes[message.type], body: encodeUpBody(message) }
    : { code: downCodes[message.type], body: encodeDownBody(message) };
}

function isUpMessage(message: UpMessage | DownMessage): message is UpMessage {
  return message.type in upCodes;
}

type BodyReaders<M> = ReadonlyMap<number, (reader: BodyReader) => M | undefined>;

function decodeFrame<M extends UpMessage | DownMessage>(
  bytes: Uint8Array,
  limits: Limits,
  readers: BodyReaders<M>,
): readonly M[] | PeerFault {
  const frame = openFrame(bytes, limits.frameBytesMax);
  if ('closeStatus' in frame) return frame;
  const messages: M[] = [];
  let items = 0;
  do {
    const raw = readRawMessage(frame);
    if (!raw) return peerFault('malformed-frame', 'a message is cut short');
    const message = readMessage(raw, readers);
    if (message.type === 'peer-fault') return message;
    messages.push(message);
    items += countItems(message);
    if (messages.length > messagesPerFrameMax || items > itemsPerFrameMax) {
      return peerFault('malformed-frame', 'too many messages or items in one frame');
    }
  } while (frame.rest > 0);
  return messages;
}

function readMessage<M>({ code, body }: RawMessage, readers: BodyReaders<M>): M | PeerFault {
  const read = readers.get(code);
  if (!read) return peerFault('unknown-message', `type code ${code}`);
  const reader = new BodyReader(body);
  const message = read(reader);
  return message && reader.done ? message : peerFault(reader.faultCode, `type code ${code}`);
}
