// Faults in what the audit remarks: acts submitted twice, effects that are covered, edits of what only
// operations should write.
import type { Mutant } from './mutant.ts';

const core = 'packages/core/src';

export const remarkMutants: readonly Mutant[] = [
  {
    name: 'second-delivery-counts',
    why: 'what was booked once is booked again by whoever unpacked it beside',
    file: `${core}/recovery/judge-operation.ts`,
    from: '  if (twin) return twin;',
    to: '  if (twin && !audited.thrown) return undefined;',
  },
  {
    name: 'duplicate-of-the-last',
    why: 'a third submission is called a copy of the second, which nobody looks for',
    file: `${core}/recovery/dedup-index.ts`,
    from: '  if (operation.dedupKey !== undefined && !index.has(name)) index',
    to: '  if (operation.dedupKey !== undefined) index',
  },
  {
    name: 'refused-is-suspected',
    why: 'somebody is told to look at a copy that does not stand',
    file: `${core}/recovery/audit-entry.ts`,
    from: '  if (o.stands) noteDedupKey(state, operation);',
    to: '  noteDedupKey(state, operation);',
  },
  {
    name: 'replaced-is-overwritten',
    why: 'who replaces a booking after a look at it is told to have run over it',
    file: `${core}/recovery/overwritten.ts`,
    from: '  if (isConcurrent(effect.place, place)) note',
    to: '  if (effect.place !== place) note',
  },
  {
    name: 'never-seen-not-told',
    why: 'a booking that gave way to an earlier one at once is lost without a word',
    file: `${core}/recovery/overwritten.ts`,
    from: '  else noteCovered(state, effect);',
    to: '  else if (!stands) noteCovered(state, effect);',
  },
  {
    name: 'edit-compared-with-old-state',
    why: 'an edit is blamed for what an operation did before it',
    file: `${core}/recovery/audit-entry.ts`,
    from: '  state.guarded = undefined; //',
    to: '  state.guarded ??= undefined; //',
  },
  {
    name: 'new-keys-not-guarded',
    why: 'an edit that puts something forbidden under a new key is not seen',
    file: `${core}/recovery/audit-edit.ts`,
    from: '      for (const one of guardedKeys(state, invariant)) add(invariant, one);\n',
    to: '      if (before.size === 0) for (const one of guardedKeys(state, invariant)) add(invariant, one);\n',
  },
];
