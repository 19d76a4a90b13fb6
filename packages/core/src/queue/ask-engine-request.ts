// The engine's own requests to the primary: for a key, to give one back, to read what it knows.
import { engineRequests } from '../intents/intent.ts';
import type { Moment } from '../moment.ts';
import type { ReplicaInput } from '../replica-input.ts';
import type { ReplicaState } from '../replica-state.ts';
import { askPrimary } from './run-operation.ts';

/** They go as operations do: durable, once, and answered by the log. */
export function askEngineRequest(
  state: ReplicaState,
  { id, asked: { what, ...args }, bound }: Extract<ReplicaInput, { type: 'primaryAsked' }>,
  moment: Moment,
): void {
  if (state.receipts.has(id)) return;
  state.receipts.set(id, { type: 'deciding' });
  if (bound) state.lateAtMs.set(id, moment.monotonicMs + bound.withinMs);
  const { user, author, mode } = state;
  const op = { id, user, replica: author.replica, mode, wallMs: moment.wallMs };
  const decision = { mode, cell: 'safe', invariant: '*', reason: 'engine' } as const;
  const subjects = 'key' in args ? [args.key] : [];
  const asked = { name: engineRequests[what], args, subjects, op, decision };
  const request = { type: 'runRequested', id, name: asked.name, args } as const;
  askPrimary(state, request, { type: 'ask', asked, dependsOn: [] }, bound, moment);
}
