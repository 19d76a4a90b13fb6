// The committed prefix of a document at one position as one value: document, roster, fold and what
// still awaits its outcome. Never of the live document, which contains tentative changes.
import { ByteReader } from '../bytes/byte-reader.ts';
import { ByteWriter } from '../bytes/byte-writer.ts';
import type { Json } from '../bytes/canonical-json.ts';
import { bytesToJson, jsonToBytes } from '../bytes/canonical-json.ts';
import type { LogHead } from '../causality/log-entry.ts';
import type { CoordinationFold } from '../coordination/fold.ts';
import { foldFromJson, foldToJson } from '../coordination/fold.ts';
import type { LogId, OperationId, ReplicaId, WriterId } from '../identity.ts';
import { bytesToHex, hexToBytes } from '../identity.ts';
import type { StoredIntent } from '../intents/intent.ts';
import type { RosterEntry } from '../replica-state.ts';

export interface Snapshot {
  readonly head: LogHead;
  readonly roster: readonly RosterEntry[];
  readonly fold: CoordinationFold;
  readonly auditDuePosition: number;
  readonly awaiting: readonly (readonly [OperationId, number])[];
  /** Intents of this replica that are in the log and have no answer yet. */
  readonly intents: readonly StoredIntent[];
  /** What `DocumentReplica.save` gave. */
  readonly document: Uint8Array;
}

const format = 1;

export function encodeSnapshot(snapshot: Snapshot): Uint8Array {
  const { head, roster, fold, auditDuePosition, awaiting, intents, document } = snapshot;
  const facts: Json = {
    head: {
      ...head,
      prefixHash: bytesToHex(head.prefixHash),
      digest: bytesToHex(head.digest),
    },
    roster: roster.map(({ record, seq, hash }) => [
      record.writer,
      record.replica,
      record.clientId,
      seq,
      bytesToHex(hash),
    ]),
    fold: foldToJson(fold),
    auditDuePosition,
    awaiting: awaiting.map(([operation, position]) => [operation, position]),
    intents: intents.map((intent) => ({
      ...intent,
      decision: { ...intent.decision },
      // JSON has no Infinity: what is never over has no end.
      expiresWallMs: Number.isFinite(intent.expiresWallMs) ? intent.expiresWallMs : null,
    })),
  };
  return new ByteWriter().byte(format).bytes(jsonToBytes(facts)).bytes(document).done();
}

type StoredRow = readonly [WriterId, ReplicaId, number, number, string];

/** The snapshot, or undefined when it is of another format. Its bytes are checksummed by the store. */
export function decodeSnapshot(bytes: Uint8Array): Snapshot | undefined {
  const reader = new ByteReader(bytes);
  if (reader.byte() !== format) return undefined;
  const json = bytesToJson(reader.bytes());
  const document = reader.bytes();
  if (!reader.done || json === undefined) return undefined;
  try {
    return toSnapshot(json, document);
  } catch {
    return undefined; // The checksum was right, the shape is not: another version wrote it.
  }
}

function toSnapshot(json: Json, document: Uint8Array): Snapshot {
  const facts = json as unknown as {
    readonly head: Omit<LogHead, 'prefixHash' | 'digest' | 'log'> & {
      readonly log: LogId;
      readonly prefixHash: string;
      readonly digest: string;
    };
    readonly roster: readonly StoredRow[];
    readonly fold: Json;
    readonly auditDuePosition: number;
    readonly awaiting: readonly (readonly [OperationId, number])[];
    /** Absent in what earlier versions kept. */
    readonly intents?: readonly StoredIntent[];
  };
  return {
    head: {
      ...facts.head,
      prefixHash: hexToBytes(facts.head.prefixHash),
      digest: hexToBytes(facts.head.digest),
    },
    roster: facts.roster.map(([writer, replica, clientId, seq, hash]) => ({
      record: { writer, replica, clientId },
      seq,
      hash: hexToBytes(hash),
    })),
    fold: foldFromJson(facts.fold),
    auditDuePosition: facts.auditDuePosition,
    awaiting: facts.awaiting.map(([operation, position]) => [operation, position]),
    intents: (facts.intents ?? []).map((intent) => ({
      ...intent,
      expiresWallMs: intent.expiresWallMs ?? undefined,
    })),
    document,
  };
}
