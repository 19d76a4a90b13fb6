// Scenarios of which nothing can be played yet, each with what the engine lacks for it.
import type { Scenario } from './scenario.ts';
import { missing } from './scenario.ts';

export const notYet: readonly Scenario[] = [
  lacks('S13', 'Tombstone cleanup', 'no cleanup of tags, no members whose absence postpones it'),
  lacks('S24', 'Fresh reads after own write', 'no second relay, no session tokens'),
];

function lacks(id: string, title: string, why: string): Scenario {
  return { id, title, variants: [missing('all of it', why)] };
}
