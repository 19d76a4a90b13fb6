// Scenarios of which nothing can be played yet, each with what the engine lacks for it.
import type { Scenario } from './scenario.ts';
import { missing } from './scenario.ts';

export const notYet: readonly Scenario[] = [
  lacks('S4', 'Duplicate order', 'no intents with keys, no effects outbox at the primary'),
  lacks('S5', 'Unique key', 'no merge of two subjects into one, no aliases, no escalation'),
  lacks('S6', 'Airline overbooking', 'no escalation that people resolve, no cell `delay`'),
  lacks('S10', 'Delayed card charge', 'no cell `delay`, no intents, no effects at the primary'),
  lacks('S12', 'Saga abort', 'no sagas'),
  lacks('S13', 'Tombstone cleanup', 'no cleanup of tags, no members whose absence postpones it'),
  lacks('S15', 'Drunk dialing', 'no corrections of effects, no `external-history-lost`'),
  lacks('S19', 'Wiki/CVS conflict', 'no field type `manual`'),
  lacks('S20', 'Second failure during recovery', 'no intents; no named steps to crash after'),
  lacks('S22', 'Retry is a choice', 'no bound with `onTimeout: cancel`, no cancel entries'),
  lacks('S23', 'Home node', 'no cell `home`, no cell `delay`'),
  lacks('S24', 'Fresh reads after own write', 'no second relay, no session tokens'),
  lacks('S26', 'Bulk update as saga', 'no sagas, no keyed entries that a correction voids'),
];

function lacks(id: string, title: string, why: string): Scenario {
  return { id, title, variants: [missing('all of it', why)] };
}
