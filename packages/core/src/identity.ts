// Who and what: branded ids, so that a writer is never passed where a replica is meant.

declare const brand: unique symbol;
/** A string that only its parser, or the machine that mints it, may produce. */
export type Id<N extends string> = string & { readonly [brand]: N };

/** One application act, for ever: 32 hex digits for a user's, `c:…` for a compensation's. */
export type OperationId = Id<'operation'>;
/** (origin, browser profile, app, name, subject), or a server process: 32 hex digits. */
export type ReplicaId = Id<'replica'>;
/** One incarnation of a replica (a page or worker start), never continued: 32 hex digits. */
export type WriterId = Id<'writer'>;
/** Rights on one key of a bounded counter, given to one replica: never given twice. */
export type GrantId = Id<'grant'>;
/** One effect of one operation, and its idempotency key: `(operation id):(index)`. */
export type EffectId = Id<'effect'>;
export type ViolationId = Id<'violation'>;
export type CaseId = Id<'case'>;
/** A document's name: 1 to 128 of `A-Z a-z 0-9 . _ ~ / -`, no leading or trailing `/`, no `//`. */
export type DocumentId = Id<'document'>;
/** One log of one document at one relay store: 32 hex digits, new when a store starts empty. */
export type LogId = Id<'log'>;

/** Who acts. Until authentication is configured every user is `anonymous`. */
export interface User {
  readonly id: string;
  readonly roles: readonly string[];
}

const hex32 = /^[0-9a-f]{32}$/;
const documentPattern = /^[A-Za-z0-9._~-]+(?:\/[A-Za-z0-9._~-]+)*$/;

/** What a document id may look like, in words, for messages. */
export const documentIdRule =
  '1 to 128 characters of A-Z a-z 0-9 . _ ~ - and / (not first, last or doubled)';

/** Returns the id, or undefined when `text` breaks {@link documentIdRule}. */
export function parseDocumentId(text: string): DocumentId | undefined {
  return text.length <= 128 && documentPattern.test(text) ? (text as DocumentId) : undefined;
}

function parseHex32<T extends string>(text: string): T | undefined {
  return hex32.test(text) ? (text as T) : undefined;
}
export const parseWriterId = (text: string): WriterId | undefined => parseHex32(text);
export const parseReplicaId = (text: string): ReplicaId | undefined => parseHex32(text);
export const parseLogId = (text: string): LogId | undefined => parseHex32(text);

/** Operation ids on the wire: printable, at most 128 characters, so that derived ids fit too. */
export function parseOperationId(text: string): OperationId | undefined {
  return /^[!-~]{1,128}$/.test(text) ? (text as OperationId) : undefined;
}

/** The effect's name outside: the same at every attempt, by whichever primary. */
export function effectIdOf(operation: OperationId, index: number): EffectId {
  return `${operation}:${index}` as EffectId;
}
/** The operation that recorded an effect. Operation ids may hold a `:`, indexes do not. */
export function operationOfEffect(effect: EffectId): OperationId {
  return effect.slice(0, effect.lastIndexOf(':')) as OperationId;
}
/** Printable, with an index at its end. */
export function isEffectId(text: string): text is EffectId {
  const [, operation] = /^(.+):(?:0|[1-9]\d{0,8})$/.exec(text) ?? [];
  return operation !== undefined && parseOperationId(operation) !== undefined;
}

/** Lower-case hex of `bytes`. Cost: O(bytes). */
export function bytesToHex(bytes: Uint8Array): string {
  let text = '';
  for (const byte of bytes) text += byte.toString(16).padStart(2, '0');
  return text;
}

/** The bytes of a lower-case hex string whose form was checked before. Cost: O(text). */
export function hexToBytes(text: string): Uint8Array {
  const bytes = new Uint8Array(text.length / 2);
  for (let at = 0; at < bytes.length; at++) {
    bytes[at] = Number.parseInt(text.slice(at * 2, at * 2 + 2), 16);
  }
  return bytes;
}
