// Faults of a relay without a primary and of the clients that audit there.
//
// Not here, because unit tests find them: what has no condition is believed all the same
// (packages/relay/src/session/append-groups.test.ts), and entries are taken unverified
// (packages/client/src/auditor.test.ts). Not here either, because seeds seldom find them for certain: an
// auditor stays online when its client goes offline, goes on where newer code was at work, or goes on with
// a document that is closed (auditors.test.ts finds all three).
import type { Mutant } from './mutant.ts';

export const auditorMutants: readonly Mutant[] = [
  {
    name: 'condition-of-clients-ignored',
    why: 'two clients that find the same at once both say it, and mend it on a state that is gone',
    file: 'packages/relay/src/session/append-groups.ts',
    from: '  state.waiting.push({ session: session.id, request: { ...request, isPrimary }, bytes });',
    to: `  const ifNamedHead = session.privilege === 'primary' ? request.ifNamedHead : undefined;
  state.waiting.push({ session: session.id, request: { ...request, ifNamedHead, isPrimary }, bytes });`,
  },
  {
    name: 'auditor-acts-outside',
    why: 'a page without the secrets claims a charge, fails at it, and gives it up for everybody',
    file: 'packages/client/src/auditor.ts',
    from: 'actsOutside: false',
    to: 'actsOutside: true',
  },
  {
    name: 'half-an-append-is-all',
    why: 'an auditor that has not heard why something was done does it again',
    file: 'packages/core/src/recovery/primary.ts',
    from: 'state.resultPosition === state.position;',
    to: 'state.resultPosition === -1;',
  },
];
