// To ask for a saga, or for its undoing: intents of the engine, durable and once, so that they wait while
// this device is cut off. What comes of them is the log's to say.
import type { Json } from '../bytes/canonical-json.ts';
import { canonicalJson } from '../bytes/canonical-json.ts';
import type { Decision } from '../causality/change.ts';
import { engineRequests } from '../intents/intent.ts';
import type { Moment } from '../moment.ts';
import type { Refused } from '../outcome.ts';
import { refuse } from '../outcome.ts';
import type { ReplicaInput } from '../replica-input.ts';
import type { ReplicaState } from '../replica-state.ts';
import { askPrimary } from './run-operation.ts';

type SagaRequest = Extract<ReplicaInput, { type: 'sagaRequested' }>;

/** Refused where the primary would refuse it at once. Its steps are looked at there. */
export function startSaga(state: ReplicaState, request: SagaRequest, moment: Moment): void {
  if (state.receipts.has(request.id)) return;
  const checked = check(state, request);
  if ('type' in checked) {
    state.receipts.set(request.id, checked);
    return;
  }
  const { name } = request;
  ask(
    state,
    request,
    { name: engineRequests.startSaga, args: { name, args: checked.args } },
    moment,
  );
}

/** The saga turns back before its next step. */
export function abortSaga(
  state: ReplicaState,
  request: Extract<ReplicaInput, { type: 'sagaAborted' }>,
  moment: Moment,
): void {
  if (state.receipts.has(request.id)) return;
  ask(state, request, { name: engineRequests.abortSaga, args: { saga: request.saga } }, moment);
}

function check(
  state: ReplicaState,
  { name, args }: SagaRequest,
): { readonly args: Json } | Refused {
  const declared = Object.hasOwn(state.app.sagas, name) ? state.app.sagas[name] : undefined;
  if (!declared) {
    return refuse({ code: 'unknown-operation', name, known: Object.keys(state.app.sagas) });
  }
  try {
    const answer = declared.args['~standard'].validate(args);
    if (answer instanceof Promise) return refuse({ code: 'failed', message: 'async-schema' });
    if (answer.issues) return refuse({ code: 'invalid-args', issues: answer.issues });
    const text = canonicalJson(answer.value);
    // The fact that it began says them again, beside what else is said then.
    if (text.length > state.link.changeBytesMax / 2) return refuse({ code: 'too-large' });
    return { args: JSON.parse(text) as Json };
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    return refuse({ code: 'failed', message });
  }
}

function ask(
  state: ReplicaState,
  { id, expiresInMs, dependsOn }: Pick<SagaRequest, 'id' | 'expiresInMs' | 'dependsOn'>,
  { name, args }: { readonly name: string; readonly args: Json },
  moment: Moment,
): void {
  const { user, author, mode } = state;
  const decision: Decision = { mode, cell: 'safe', invariant: '*', reason: 'engine' };
  const op = { id, user, replica: author.replica, mode, wallMs: moment.wallMs };
  const request = {
    id,
    ...(expiresInMs !== undefined && { expiresInMs }),
    ...(dependsOn && { dependsOn }),
  };
  const asked = { name, args, subjects: [], op, decision };
  state.receipts.set(id, { type: 'deciding' });
  askPrimary(state, request, { type: 'ask', asked, dependsOn: [] }, undefined, moment);
}
