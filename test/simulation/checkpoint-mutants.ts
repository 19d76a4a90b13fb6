// Faults in what a primary keeps between its starts. Not here, because it costs refused appends and nothing
// else: a primary that decides before it has read all that there is (`isMore`). On half of an append it
// must not decide (auditor-mutants.ts).
import type { Mutant } from './mutant.ts';

const fields = 'packages/core/src/recovery/checkpoint-fields.ts';

export const checkpointMutants: readonly Mutant[] = [
  {
    name: 'asleep-at-the-head',
    why: 'what waited when the primary died waits for whoever writes next',
    file: 'packages/primary/src/primary-session.ts',
    from: '      primary.start();\n',
    to: '',
  },
  {
    name: 'checkpoint-prefix-not-checked',
    why: 'a relay that was set back goes on from the audit of another log',
    file: 'packages/primary/src/primary-session.ts',
    from: "const isSameLog = relation === 'resumed' && resumable?.epoch === head.epoch;",
    to: 'const isSameLog = resumable?.epoch === head.epoch;',
  },
  {
    name: 'checkpoint-forgets-intents',
    why: 'what waited when the primary died is never answered',
    file: fields,
    from: '  intents: mapOf(plain()),\n',
    to: "  intents: 'fresh',\n",
  },
  {
    name: 'checkpoint-forgets-inherited',
    why: 'people are named who had seen everything',
    file: fields,
    from: '  inherited: mapOf(vector),\n',
    to: '  inherited: { ...mapOf(vector), read: () => new Map() },\n',
  },
  {
    name: 'checkpoint-forgets-reads',
    why: 'after a start, what mends one rule breaks another that it would have left whole before',
    file: fields,
    from: '  reads: ruleReads,\n',
    to: '  reads: { ...ruleReads, read: () => ruleReads.read([], undefined as never) },\n',
  },
  {
    name: 'checkpoint-forgets-findings',
    why: 'what was found and not yet appended is never said',
    file: fields,
    from: '  facts: plain(),\n',
    to: "  facts: 'fresh',\n",
  },
];
