// No rule can decide it: people do.
import type { Escalation } from '../compensation.ts';
import type { Schemas } from '../operation.ts';
import type { Found, RestoreOrAsk } from './restore.ts';

/**
 * Mends nothing: the case is given to people at once, with this question. Nothing is written and nothing
 * dropped; what they choose is run as an operation.
 */
export function escalate<R, S extends Schemas>(
  ask: (doc: R, found: Found) => Escalation<S>,
): RestoreOrAsk<R, S> {
  return (doc, found) => ask(doc, found);
}
