// Faults that somebody could make, one small patch each: the checkers must find every one of them. A
// check that was never seen to fail is no check.

export interface Mutant {
  readonly name: string;
  /** What a user would lose by it. */
  readonly why: string;
  readonly file: string;
  /** Occurs exactly once in the file. */
  readonly from: string;
  readonly to: string;
}

const core = 'packages/core/src';
const relay = 'packages/relay/src';

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
    name: 'no-dedup',
    why: 'what is sent again after a lost acknowledgement is committed twice',
    file: `${relay}/log/admit.ts`,
    from: '  const expected = (known?.seq ?? 0) + 1;\n',
    to: '  const expected = Math.min(firstSeq, (known?.seq ?? 0) + 1);\n',
  },
  {
    name: 'unconditional-append',
    why: 'the primary mends a state that is no longer there',
    file: `${relay}/log/admit.ts`,
    from: 'ifNamedHead !== undefined && ifNamedHead !== view.head.namedPosition',
    to: 'ifNamedHead !== undefined && ifNamedHead > view.head.namedPosition',
  },
  {
    name: 'failed-group-not-told',
    why: 'a relay whose disk is full says nothing, and the client waits for ever',
    file: `${relay}/session/append-groups.ts`,
    from: "    refuse(step, session, request, { code: 'storage-failed', seq: firstSeq, expected: firstSeq });\n",
    to: "    if (firstSeq < 0) refuse(step, session, request, { code: 'gap', seq: 0, expected: 0 });\n",
  },
  {
    name: 'sibling-not-adopted',
    why: 'what a tab saved and did not send any more stays on the device',
    file: `${core}/causality/receive.ts`,
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
    name: 'limit-not-enforced',
    why: 'a cut-off device spends without end',
    file: `${core}/partition/decide.ts`,
    from: 'max: isEnforced ? cell.max : undefined',
    to: 'max: isEnforced ? undefined : cell.max',
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
    name: 'green-light-lies',
    why: '"synced" though something is only on this device',
    file: `${core}/replica-status.ts`,
    from: '      pending === 0 &&\n',
    to: '      unsaved === 0 &&\n',
  },
  {
    name: 'void-not-followed',
    why: 'a refused operation goes on counting at some replicas',
    file: `${core}/causality/receive.ts`,
    from: "    if (fact.fact === 'refused') {",
    to: "    if (fact.fact === 'refused' && fact.reason === '') {",
  },
  {
    name: 'verdict-not-followed',
    why: 'replicas disagree on who was moved',
    file: `${core}/causality/receive.ts`,
    from: "    if (fact.fact === 'verdict') state.document.judge([fact.verdict]);",
    to: "    if (fact.fact === 'verdict') state.document.judge([]);",
  },
  {
    name: 'commit-order-ignored',
    why: 'each replica believes that it came first',
    file: `${core}/causality/receive.ts`,
    from: '  state.document.place(operation, position);\n',
    to: '  state.document.place(operation, 0 * position);\n',
  },
  {
    name: 'entries-not-stored',
    why: 'a reload forgets what was committed',
    file: `${core}/causality/receive.ts`,
    from: "    { type: 'commit', entries, head: verified.head, dequeued, settled },",
    to: "    { type: 'commit', entries: [], head: verified.head, dequeued, settled },",
  },
  {
    name: 'settled-too-early',
    why: 'the limit is given back by the commit, not by its confirmation',
    file: `${core}/causality/receive.ts`,
    from: '    if (outcomeOf(state.fold, operation, position)) settled.push(operation);',
    to: '    if (position > 0) settled.push(operation);',
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
    name: 'audit-writes-as-itself',
    why: 'the primary does not see what it mended',
    file: `${relay}/primary/primary-session.ts`,
    from: 'definition.document.open({ clientId: newClientId(platform) })',
    to: 'definition.document.open({ clientId: author.clientId + 0 * newClientId(platform).toFixed().length })',
  },
  {
    name: 'healed-case-goes-on',
    why: 'a new violation hides in an old case',
    file: `${core}/recovery/auditor.ts`,
    from: '    if (after === 0) endRun(state, name, work);',
    to: '    if (after < 0) endRun(state, name, work);',
  },
  {
    name: 'final-state-only',
    why: 'a rule broken and healed again is never reported',
    file: `${core}/recovery/auditor.ts`,
    from: '  if (after > before) noteViolation',
    to: '  if (after > before && history.length === 0) noteViolation',
  },
  {
    name: 'everybody-is-guilty',
    why: 'people are named who had seen everything',
    file: `${core}/recovery/auditor.ts`,
    from: '    .filter((other) => isConcurrent(other.place, place))',
    to: '    .filter((other) => other.place !== place)',
  },
  {
    name: 'amend-without-restore',
    why: 'the fee is taken and the rule stays broken',
    file: `${core}/recovery/compensate.ts`,
    from: '    if (!healed) declared.restore(roots,',
    to: '    if (!healed && before > 2) declared.restore(roots,',
  },
];
