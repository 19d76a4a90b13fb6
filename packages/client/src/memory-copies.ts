// What is handed in and out of memory is copied, as a disk would: nobody changes what is kept.
import type {
  Change,
  LogEntry,
  LogHead,
  SealedChange,
  StoredEffect,
  StoredEpisode,
  StoredIntent,
} from '@causeway/core';
import { bytesToJson, decodeHeader, jsonToBytes } from '@causeway/core';

function copySealed({ header, payload, effects }: SealedChange): SealedChange {
  return { header: header.slice(), payload: payload.slice(), effects: effects.slice() };
}
export function copyChange({ author, seq, header, sealed, hash }: Change): Change {
  const copy = copySealed(sealed);
  const decoded = decodeHeader(copy.header) ?? header;
  return { author: { ...author }, seq, header: decoded, sealed: copy, hash: hash.slice() };
}
export function copyEntry({ position, author, seq, sealed }: LogEntry): LogEntry {
  return { position, author: { ...author }, seq, sealed: copySealed(sealed) };
}
export function copyHead(head: LogHead): LogHead {
  return { ...head, prefixHash: head.prefixHash.slice(), digest: head.digest.slice() };
}
export function copyEffect(effect: StoredEffect): StoredEffect {
  const { payload } = effect;
  // The form in which a disk keeps it.
  return {
    ...effect,
    payload: payload === undefined ? payload : bytesToJson(jsonToBytes(payload)),
  };
}
export function copyIntent(intent: StoredIntent): StoredIntent {
  const { subjects, dependsOn, args, decision, expiresWallMs } = intent;
  return {
    ...intent,
    expiresWallMs: Number.isFinite(expiresWallMs) ? expiresWallMs : undefined,
    args: bytesToJson(jsonToBytes(args)) ?? null,
    subjects: [...subjects],
    dependsOn: [...dependsOn],
    decision: { ...decision },
  };
}
export function copyEpisode(episode: StoredEpisode): StoredEpisode {
  const { merged, operations } = episode;
  const order = merged?.order.map((operation) => ({ ...operation }));
  const copy = { ...episode, operations: [...operations] };
  return merged && order ? { ...copy, merged: { ...merged, order } } : copy;
}
