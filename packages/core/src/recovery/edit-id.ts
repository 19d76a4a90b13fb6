// An edit has no name: where one has to be spoken of, it is called by its place in its writer's chain.
import type { OperationId, WriterId } from '../identity.ts';

/** The same for everybody, since nobody else has that place. */
export function editId(writer: WriterId, seq: number): OperationId {
  return `e:${writer}:${seq}` as OperationId;
}
/** No operation is called so: theirs are 32 hex digits, `c:…` or `x:…`. */
export function isEditId(id: OperationId): boolean {
  return id.startsWith('e:');
}
