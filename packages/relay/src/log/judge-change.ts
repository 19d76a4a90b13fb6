// Is one new change acceptable by itself: a header we understand, allowed for its sender, standing
// on committed ground, and the only one under its operation id?
import type { ChangeHeader, ChangeKind, Hash, OperationId, SealedChange } from '@causeway/core';
import { decodeHeader, isSameBytes } from '@causeway/core';
import type { LogView, OperationRole } from './log-view.ts';

/** What the log keeps beside an entry to find it by. */
export interface JudgedChange {
  readonly sealed: SealedChange;
  readonly kind: ChangeKind;
  readonly operation: { readonly id: OperationId; readonly role: OperationRole } | undefined;
}

type Verdict =
  | { readonly type: 'accepted'; readonly change: JudgedChange }
  | {
      readonly type: 'refused';
      readonly code: 'malformed' | 'not-permitted' | 'missing-dependency' | 'duplicate-operation';
    };

interface Ground {
  readonly isPrimary: boolean;
  readonly view: LogView;
  readonly hash: Hash;
  /** The operations of the same request so far, which the view does not know; added to. */
  readonly taken: Set<string>;
}

/** Judges one change, and takes its place under its operation id when it is accepted. */
export function judgeChange(sealed: SealedChange, ground: Ground): Verdict {
  const { isPrimary, view, hash, taken } = ground;
  const header = decodeHeader(sealed.header);
  if (!header || !isWhole(header, sealed, hash)) return { type: 'refused', code: 'malformed' };
  if (!isPrimary && isPrimaryKind(header.kind)) return { type: 'refused', code: 'not-permitted' };
  if (!isGrounded(header, view)) return { type: 'refused', code: 'missing-dependency' };
  const role = operationRole(header.kind);
  const operation = role && header.operation && { id: header.operation.id, role };
  if (operation) {
    const name = `${operation.role} ${operation.id}`;
    if (taken.has(name) || view.hasOperation(operation.id, operation.role)) {
      // Two copies of one device may ask the same. It is run once all the same, and the one that asks
      // second must not be stuck with it: nothing it does later could be sent.
      if (role === 'intent') {
        return { type: 'accepted', change: { sealed, kind: header.kind, operation: undefined } };
      }
      return { type: 'refused', code: 'duplicate-operation' };
    }
    taken.add(name);
  }
  return { type: 'accepted', change: { sealed, kind: header.kind, operation } };
}

/** The role of a kind, or undefined for kinds that stand under no operation id. */
export function operationRole(kind: ChangeKind): OperationRole | undefined {
  if (kind === 'operation' || kind === 'intent') return kind;
  return kind === 'result' || kind === 'cancelled' ? 'outcome' : undefined;
}

function isPrimaryKind(kind: ChangeKind): boolean {
  return kind === 'result' || kind === 'cancelled' || kind === 'coordination';
}

/** Effect records may be lost (their seal then shows it), but none may be added or altered. */
function isWhole(header: ChangeHeader, sealed: SealedChange, hash: Hash): boolean {
  if (operationRole(header.kind) && !header.operation) return false;
  if (sealed.effects.length === 0) return true;
  return header.effects !== undefined && isSameBytes(hash(sealed.effects), header.effects.hash);
}

/** Nobody can have seen what is not committed here: neither a position, nor a dot. */
function isGrounded({ context }: ChangeHeader, view: LogView): boolean {
  if (context.epoch > view.head.epoch || context.position > view.head.position) return false;
  return context.dots.every((dot) => {
    const committed = view.changeHash(dot.writer, dot.seq);
    return committed !== undefined && isSameBytes(committed, dot.hash);
  });
}
