// How a case can stand, from its first violation to its one end.
//
//   open ─▶ settling ─▶ compensated | healed
//                   └─▶ escalated ⇄ claimed ─▶ resolved | waived | healed | compensated
//   each of them that is not an end ─▶ superseded, by a new version of its invariant

export const caseStates = [
  'open',
  'settling',
  'claimed',
  'compensated',
  'healed',
  'waived',
  'escalated',
  'resolved',
  'superseded',
] as const;
export type CaseState = (typeof caseStates)[number];
