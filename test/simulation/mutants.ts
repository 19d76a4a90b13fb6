// Faults that somebody could make, one small patch each: the checkers must find every one of them. A
// check that was never seen to fail is no check.
//
// Not here, because unit tests find every variant that was tried: a relay whose disk is full and says
// nothing (packages/relay/src/step-relay.test.ts), what is sent again and committed twice, and appends
// without their condition (test/unit/log-model.test.ts, test/unit/poison-operation.test.ts).
import { attributionMutants } from './attribution-mutants.ts';
import { auditorMutants } from './auditor-mutants.ts';
import { checkpointMutants } from './checkpoint-mutants.ts';
import { escalationMutants } from './escalation-mutants.ts';
import { escrowMutants } from './escrow-mutants.ts';
import { intentMutants } from './intent-mutants.ts';
import { mendingMutants } from './mending-mutants.ts';
import type { Mutant } from './mutant.ts';
import { outboxMutants } from './outbox-mutants.ts';
import { registerMutants } from './register-mutants.ts';
import { remarkMutants } from './remark-mutants.ts';
import { sagaMutants } from './saga-mutants.ts';
import { strategyMutants } from './strategy-mutants.ts';

export type { Mutant };

const core = 'packages/core/src';

export const mutants: readonly Mutant[] = [
  {
    name: 'saved-before-disk',
    why: 'shown as saved, and sent, before the disk has it',
    file: `${core}/queue/seal.ts`,
    from: '    isSaved: false,\n',
    to: '    isSaved: true,\n',
  },
  {
    name: 'committed-when-pushed',
    why: 'acknowledged before the relay has synced it',
    file: `${core}/queue/push.ts`,
    from: '    link.inFlight += run.length;\n',
    to: `    link.inFlight += run.length;
    for (const { change } of run) {
      const id = change.header.operation?.id;
      if (id) state.receipts.set(id, { type: 'committed', position: '1.1' as never });
    }
`,
  },
  {
    name: 'sibling-not-adopted',
    why: 'what a tab saved and did not send any more stays on the device',
    file: `${core}/causality/siblings.ts`,
    from: '  state.heldSiblings.push(...changes.map((queued) => queued.change));',
    to: '  state.heldSiblings.push(...changes.slice(0, 0).map((queued) => queued.change));',
  },
  {
    name: 'dots-not-stated',
    why: 'nobody can know what a change was built on',
    file: `${core}/queue/seal.ts`,
    from: '      dots: state.unstatedDots,',
    to: '      dots: state.unstatedDots.slice(0, 0),',
  },
  {
    name: 'limit-reset-on-reconnect',
    why: 'each flap of the line gives the whole limit again',
    file: `${core}/partition/follow-mode.ts`,
    from: '  link.refused.clear();\n',
    to: `  link.refused.clear();
  for (const id of state.receipts.keys()) askStore(state, { type: 'release', operation: id });
`,
  },
  {
    name: 'queue-not-resumed',
    why: 'what was saved before a reload is never sent',
    file: `${core}/replica-open.ts`,
    from: '    else takeForeign(state, change);\n',
    to: '    else if (change.seq > 2 ** 30) takeForeign(state, change);\n',
  },
  {
    name: 'other-tabs-left-out',
    why: 'what another tab received while this one was cut off is not in the account of the cut',
    file: `${core}/replica-open.ts`,
    from: '  if (state.episode?.merged) noteMerged(',
    to: '  if (state.episode?.merged && loaded.before < 0) noteMerged(',
  },
  {
    name: 'failed-save-dropped',
    why: 'a disk that is full for a moment loses the work',
    file: `${core}/queue/store-queue.ts`,
    from: '  store.waiting = [...store.inFlight, ...store.waiting];\n',
    to: '  store.waiting = [...store.waiting];\n',
  },
  {
    name: 'storage-failure-for-good',
    why: 'a relay whose disk was full for a moment never gets the work',
    file: `${core}/queue/push.ts`,
    from: "'gap', 'missing-dependency', 'storage-failed', 'moved'",
    to: "'gap', 'missing-dependency', 'moved'",
  },
  {
    name: 'missing-entry-is-seen',
    why: 'a writer that the relay has never heard of counts as known to it',
    file: `${core}/queue/push.ts`,
    from: '(link.relayVector.get(change.author.writer) ?? 0)',
    to: '(link.relayVector.get(change.author.writer) ?? change.seq)',
  },
  {
    name: 'act-before-mark',
    why: 'cash is paid again after a crash',
    file: `${core}/queue/device-effects.ts`,
    from: "    if (state.app.effects[effect.name]?.delivery === 'at-least-once') {",
    to: '    if (state.app.effects[effect.name]?.delivery !== undefined) {',
  },
  {
    name: 'released-means-again',
    why: 'cash is paid again after a reload',
    file: `${core}/queue/device-effects.ts`,
    from: "effect: released, from: 'recorded' },",
    to: "effect: { ...released, state: 'recorded' }, from: 'recorded' },",
  },
  {
    name: 'void-not-followed',
    why: 'a refused operation goes on counting at some replicas',
    file: `${core}/coordination/apply-facts.ts`,
    from: "    if (fact.fact === 'refused') {",
    to: "    if (fact.fact === 'refused' && fact.reason === '') {",
  },
  {
    name: 'commit-order-ignored',
    why: 'each replica believes that it came first',
    file: `${core}/causality/receive.ts`,
    from: '  state.document.place(operation, position);\n',
    to: '  state.document.place(operation, 0 * position);\n',
  },
  {
    name: 'cut-not-noticed',
    why: 'the page goes on showing "connected"',
    file: `${core}/partition/follow-mode.ts`,
    from: '  state.mode = nextMode(before, event);',
    to: "  state.mode = before === 'connected' && event !== 'went-offline' ? before : nextMode(before, event);",
  },
  {
    name: 'refused-for-ever',
    why: 'one flipped bit silences a client until somebody reloads the page',
    file: `${core}/partition/link.ts`,
    from: "  return phase === 'closed' || phase === 'refused';",
    to: "  return phase === 'closed';",
  },
  {
    name: 'compensation-id-from-position',
    why: 'each primary mends the same case under another name',
    file: `${core}/recovery/compensate.ts`,
    from: "  const id = compensationId(work.id, healed ? 'amend' : 'restore');",
    to: "  const id = ['c', state.position, 'restore'].join(':') as ReturnType<typeof compensationId>;",
  },
  {
    name: 'no-limit-while-recovering',
    why: 'a device whose line just came back spends without end',
    file: `${core}/partition/decide.ts`,
    from: 'rows: limitRows(settled, proposal, true)',
    to: "rows: limitRows(settled, proposal, mode !== 'recovering')",
  },
  {
    name: 'in-flight-is-there',
    why: '"synced" though something is only on its way',
    file: `${core}/replica-status.ts`,
    from: '    if (position === undefined) pending += 1;',
    to: '    if (position === undefined && !(isSaved && state.link.inFlight > 0)) pending += 1;',
  },
  {
    name: 'settled-too-early',
    why: 'the limit is given back by the commit, not by its confirmation',
    file: `${core}/causality/receive.ts`,
    from: '    if (outcomeOf(state.fold, operation, position)) settled.push(operation);',
    to: '    if (position > 0 || outcomeOf(state.fold, operation, position)) settled.push(operation);',
  },
  {
    name: 'own-results-not-seen',
    why: 'the primary does not see what it mended',
    file: `${core}/recovery/primary.ts`,
    from: '  else if (header) auditEntry(',
    to: `  else if (header && (header.kind !== 'result' || entry.author.writer !== state.author.writer))
    auditEntry(`,
  },
  {
    name: 'healed-case-goes-on',
    why: 'a new violation hides in an old case',
    file: `${core}/recovery/note-violation.ts`,
    from: '    if (after === 0) endRun(state, name, work);',
    to: "    if (after === 0 && audited.header.kind === 'result') endRun(state, name, work);",
  },
  {
    name: 'mended-in-part',
    why: 'the fee is taken and the rule stays broken',
    file: `${core}/recovery/compensate.ts`,
    from: 'deficit: healed ? 0 : before,',
    to: 'deficit: healed ? 0 : Math.min(before, 3),',
  },
  {
    name: 'verdict-not-followed',
    why: 'replicas disagree on who was moved',
    file: `${core}/coordination/apply-facts.ts`,
    from: '      state.document.judge([fact.verdict]);',
    to: '      state.document.judge([]);',
  },
  {
    name: 'entries-not-stored',
    why: 'a reload forgets what was committed',
    file: `${core}/causality/receive.ts`,
    from: `      entries,
      head: verified.head,
      dequeued,`,
    to: `      entries: entries.slice(0, 0),
      head: verified.head,
      dequeued,`,
  },
  {
    name: 'final-state-only',
    why: 'a rule broken and healed again is never reported',
    file: `${core}/recovery/note-violation.ts`,
    from: '    if (after > before) noteViolation',
    to: '    if (after > before && history.length === 0) noteViolation',
  },
  ...intentMutants,
  ...checkpointMutants,
  ...auditorMutants,
  ...escrowMutants,
  ...strategyMutants,
  ...registerMutants,
  ...attributionMutants,
  ...remarkMutants,
  ...outboxMutants,
  ...escalationMutants,
  ...sagaMutants,
  ...mendingMutants,
];
