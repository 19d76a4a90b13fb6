// An application as the engine reads it: the declarations with their types erased.
import type { Compensation } from './compensation.ts';
import type { DocumentType } from './document-type.ts';
import type { Invariant } from './invariant.ts';
import type { EffectType, Operation, Schema, Schemas } from './operation.ts';
import type { Cell, CellKind, Known, Row } from './policy-table.ts';
import type { Saga } from './saga.ts';

/** A cell with its types erased. */
export type AnyCell = Cell<unknown, unknown, CellKind>;
export type AnyPolicyCell = AnyCell | ((args: unknown, known: Known<unknown>) => AnyCell);
type AnyEffects = { readonly [name: string]: EffectType };

/** What the engine reads. Its callbacks are called with the values of their own operation only. */
export interface AppDefinition {
  readonly name: string;
  readonly version: number;
  readonly document: DocumentType<unknown, unknown>;
  readonly effects: AnyEffects;
  readonly operations: { readonly [name: string]: Operation<unknown, AnyEffects, Schema> };
  readonly sagas: { readonly [name: string]: Saga<Schema, Schemas> };
  readonly invariants: { readonly [name: string]: Invariant<unknown, Schemas> };
  readonly compensations: {
    readonly [invariant: string]: Compensation<unknown, AnyEffects, Schemas, string> | undefined;
  };
  readonly policy: {
    readonly [operation: string]: Row<AnyCell> | { readonly [invariant: string]: AnyPolicyCell };
  };
}
