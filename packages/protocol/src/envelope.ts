// The envelope of a frame: magic byte, frame version, messages as (length, type code, body), CRC-32C
// of all before it. Frozen for all protocol versions, so that any two builds can refuse each other.
import { assert, ByteReader, ByteWriter, openRecord, sealRecord } from '@causeway/core';
import { type PeerFault, peerFault } from './down.ts';
import { messagesPerFrameMax } from './wire-limits.ts';

const magic = 0xca;
const frameVersion = 1;
/** What a frame has beside its messages: magic, version and checksum. */
export const envelopeBytes = 6;

/** A message whose body was not read yet, or is written already. */
export interface RawMessage {
  readonly code: number;
  readonly body: Uint8Array;
}

/** What a message takes in a frame: its length, type code and body. Cost: O(1). */
export function rawMessageBytes(message: RawMessage): number {
  let lengthBytes = 1;
  for (let rest = message.body.length; rest > 0x7f; rest >>>= 7) lengthBytes++;
  return lengthBytes + 1 + message.body.length;
}

/** The frame of these messages. Cost: O(bytes). Throws Bug `empty-frame` or `too-many-items`. */
export function sealFrame(messages: readonly RawMessage[]): Uint8Array {
  assert(messages.length > 0, 'empty-frame', 'a frame carries at least one message');
  assert(messages.length <= messagesPerFrameMax, 'too-many-items', 'use encodeFrames');
  const writer = new ByteWriter().byte(magic).byte(frameVersion);
  for (const { code, body } of messages) writer.uint(body.length).byte(code).fixed(body);
  return sealRecord(writer.done());
}

/**
 * A cursor at a frame's first message, its size, version and checksum being right. Cost: O(bytes).
 *
 * @returns the cursor, or a fault: `frame-too-large`, `unsupported-protocol` for another frame
 * version (whose checksum may be another one as well), `malformed-frame` for all else.
 */
export function openFrame(bytes: Uint8Array, frameBytesMax: number): ByteReader | PeerFault {
  if (bytes.length > frameBytesMax) {
    return peerFault('frame-too-large', `${bytes.length} of ${frameBytesMax} bytes`);
  }
  if (bytes[0] !== magic) return peerFault('malformed-frame', 'no frame of this protocol');
  if (bytes[1] !== frameVersion) {
    return peerFault('unsupported-protocol', `frame version ${bytes[1]}, spoken: ${frameVersion}`);
  }
  // A plain array, so that views are plain as well where a host hands in a subclass (Buffer).
  const content = openRecord(new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength));
  if (!content) return peerFault('malformed-frame', 'the checksum does not match');
  return new ByteReader(content.subarray(2));
}

/** The next message, its body a view; one at a time, so that the first bad one ends the work. */
export function readRawMessage(reader: ByteReader): RawMessage | undefined {
  const length = reader.uint();
  const code = reader.byte();
  const body = reader.fixed(length);
  return reader.ok ? { code, body } : undefined;
}
