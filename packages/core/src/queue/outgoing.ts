// What will go to the relay when the link is back? A preview for people: which acts, how many, how much.
import type { DelayedOperation } from '../acknowledgement/delayed-operations.ts';
import { delayedOperations } from '../acknowledgement/delayed-operations.ts';
import { canonicalJson } from '../bytes/canonical-json.ts';
import { sealedBytes } from '../causality/change.ts';
import { decodeOperationPayload } from '../causality/change-codec.ts';
import { isCutOff } from '../causality/receive.ts';
import type { OperationId, WriterId } from '../identity.ts';
import type { PendingChange, ReplicaState } from '../replica-state.ts';

export interface OutgoingOperation {
  readonly id: OperationId;
  /** The arguments as JSON, cut off after 80 characters. */
  readonly args: string;
  readonly bytes: number;
}
export interface OutgoingKind {
  readonly name: string;
  readonly count: number;
  readonly bytes: number;
  /** Oldest first. */
  readonly operations: readonly OutgoingOperation[];
}
export interface Outgoing {
  /** Changes that will be sent, and their bytes before framing. Never less than what really goes. */
  readonly changes: number;
  readonly bytes: number;
  /** By name, in the order in which each name was first used. */
  readonly operations: readonly OutgoingKind[];
  /** Changes that are plain edits; edits not yet sealed count as one. */
  readonly edits: { readonly changes: number; readonly bytes: number };
  /** Intents: they are sent to be run there. */
  readonly delayed: readonly DelayedOperation[];
  /** Changes that stay on this device all the same: refused for good, too large, or cut off by damage. */
  readonly held: { readonly changes: number; readonly bytes: number };
}

const argsCharactersMax = 80;

/**
 * @remarks Cost: O(queue), arguments decoded. What the relay has without this device knowing is counted
 * as well: it is recognised there, and not sent again where the relay says so in time.
 */
export function outgoing(
  state: ReplicaState,
  delayed: readonly DelayedOperation[] = delayedOperations(state),
): Outgoing {
  const kinds = new Map<string, OutgoingOperation[]>();
  const edits = { changes: 0, bytes: 0 };
  const held = { changes: 0, bytes: 0 };
  const stuck = new Set<WriterId>(state.link.refused.keys());
  for (const pending of state.queue.values()) {
    if (pending.position !== undefined) continue;
    const bytes = sealedBytes(pending.change.sealed);
    const { kind, operation } = pending.change.header;
    if (kind === 'intent') continue; // Among the delayed.
    if (isHeld(state, stuck, pending)) count(held, bytes);
    else if (!operation) count(edits, bytes);
    else {
      const list = kinds.get(operation.name) ?? [];
      kinds.set(operation.name, [...list, operationOf(pending, operation.id)]);
    }
  }
  if (state.edits.updates.length > 0) count(edits, sum(state.edits.updates.map((u) => u.length)));
  const operations = [...kinds].map(([name, list]): OutgoingKind => {
    return {
      name,
      count: list.length,
      bytes: sum(list.map(({ bytes }) => bytes)),
      operations: list,
    };
  });
  return {
    changes: edits.changes + sum(operations.map((kind) => kind.count)),
    bytes: edits.bytes + sum(operations.map((kind) => kind.bytes)),
    operations,
    edits,
    delayed,
    held,
  };
}

function count(into: { changes: number; bytes: number }, bytes: number): void {
  into.changes += 1;
  into.bytes += bytes;
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, one) => total + one, 0);
}

/** What the relay will not take holds back all that its writer did after it. */
function isHeld(state: ReplicaState, stuck: Set<WriterId>, { change }: PendingChange): boolean {
  const { writer } = change.author;
  const isTooLarge = sealedBytes(change.sealed) > state.link.changeBytesMax;
  if (isTooLarge || isCutOff(state, change)) stuck.add(writer);
  return stuck.has(writer);
}

function operationOf({ change }: PendingChange, id: OperationId): OutgoingOperation {
  const args = decodeOperationPayload(change.sealed.payload)?.args ?? null;
  return { id, args: shorten(canonicalJson(args)), bytes: sealedBytes(change.sealed) };
}

/** By code points, so that no character is cut in half. */
function shorten(text: string): string {
  if (text.length <= argsCharactersMax) return text;
  return `${[...text.slice(0, argsCharactersMax)].slice(0, -1).join('')}…`;
}
