// In which mode is a document? A total table: every event in every mode, so a hole does not compile.
//
//   connected ──bound missed / link closed──▶ suspect ──missed again / closed too long──▶ partitioned
//       ▲  ▲─────────────echo────────────────────┘                                          │ echo
//       └───caught up (queue committed, audit at the head)─── recovering ◀──────────────────┘
//
// @see Brewer, CAP Twelve Years Later, figure 1: detect, enter partition mode, recover.
import type { Mode } from '../outcome.ts';

export const modeEvents = [
  /** Our own probe came back: the only proof that the link works in both directions. */
  'echoed',
  'bound-missed',
  'link-closed',
  /** The link has been closed for longer than the bound. */
  'closed-past-bound',
  /** An operation's own bound passed before its commit. */
  'operation-late',
  'went-offline',
  /** The own queue is committed and the audit has reached the head. */
  'caught-up',
] as const;
export type ModeEvent = (typeof modeEvents)[number];

const table: Readonly<Record<Mode, Readonly<Record<ModeEvent, Mode>>>> = {
  connected: {
    echoed: 'connected',
    'bound-missed': 'suspect',
    'link-closed': 'suspect',
    'closed-past-bound': 'partitioned',
    'operation-late': 'partitioned',
    'went-offline': 'partitioned',
    'caught-up': 'connected',
  },
  suspect: {
    echoed: 'connected',
    'bound-missed': 'partitioned',
    'link-closed': 'suspect',
    'closed-past-bound': 'partitioned',
    'operation-late': 'partitioned',
    'went-offline': 'partitioned',
    'caught-up': 'suspect',
  },
  partitioned: {
    echoed: 'recovering',
    'bound-missed': 'partitioned',
    'link-closed': 'partitioned',
    'closed-past-bound': 'partitioned',
    'operation-late': 'partitioned',
    'went-offline': 'partitioned',
    'caught-up': 'partitioned',
  },
  recovering: {
    echoed: 'recovering',
    'bound-missed': 'partitioned',
    'link-closed': 'partitioned',
    'closed-past-bound': 'partitioned',
    'operation-late': 'partitioned',
    'went-offline': 'partitioned',
    'caught-up': 'connected',
  },
};

/** The mode after an event. Pure, total, O(1). */
export function nextMode(mode: Mode, event: ModeEvent): Mode {
  return table[mode][event];
}
