// Faults in what the primary does outside.
import type { Mutant } from './mutant.ts';

const core = 'packages/core/src';

export const outboxMutants: readonly Mutant[] = [
  {
    name: 'acted-before-the-claim',
    why: 'a card is charged, and a crash leaves nothing that says so',
    file: `${core}/recovery/release-effects.ts`,
    from: "  return { fact: { fact: 'effect-claimed', effect: id, name, token, attempt } };",
    to: `  const { withinMs } = callLimits(state, name);
  const { payload } = effect;
  state.asked.push({
    ...{ type: 'callHandler', effect: id, name, payload, attempt, operation, token, withinMs },
  });
  return { fact: { fact: 'effect-claimed', effect: id, name, token, attempt } };`,
  },
  {
    name: 'key-from-attempt',
    why: 'the other side takes a second attempt for a second order',
    file: `${core}/recovery/outbox.ts`,
    from: '  const { id: effect, operation, name, payload } = pending;',
    to: `  const { operation, name, payload } = pending;
  const again = \`\${pending.id}\${fact.attempt}\` as typeof pending.id;
  const effect = fact.attempt > 1 ? again : pending.id;`,
  },
  {
    name: 'sent-while-a-case-is-open',
    why: 'what should not have been promised is sent before it is mended',
    file: `${core}/recovery/effect-hold.ts`,
    from: '  return hasOpenCase(state, operation) ||',
    to: '  return (state.append !== undefined && hasOpenCase(state, operation)) ||',
  },
  {
    name: 'fence-dropped',
    why: 'the late answer of one attempt is taken for that of the next',
    file: `${core}/recovery/outbox.ts`,
    from: `  const { effect, token } = answer;
  const claim = outboxEntry(state.fold.outbox, effect);
  if (claim?.state !== 'claimed' || claim.token !== token) return;`,
    to: `  const { effect } = answer;
  const claim = outboxEntry(state.fold.outbox, effect);
  if (claim?.state !== 'claimed') return;
  const { token } = claim;`,
  },
  {
    name: 'lease-ignored',
    why: 'two primaries are at the same act at once',
    file: `${core}/recovery/release-effects.ts`,
    from: '  if (moment.monotonicMs < effect.leaseEndsMs) return { waitUntilMs: effect.leaseEndsMs };',
    to: '  if (moment.monotonicMs < effect.readyMs) return { waitUntilMs: effect.leaseEndsMs };',
  },
  {
    name: 'once-tried-again',
    why: 'what may happen once only is tried blindly after a crash',
    file: `${core}/recovery/release-effects.ts`,
    from: "  if (isOnce(state, name)) return { fact: { ...answer, answer: 'unknown' } };",
    to: "  if (isOnce(state, name) && attempt > 1) return { fact: { ...answer, answer: 'unknown' } };",
  },
  {
    name: 'void-and-sent',
    why: 'what does not count is done outside all the same',
    file: `${core}/recovery/release-effects.ts`,
    from: '    if (state.fold.refusedById.has(effect.operation))',
    to: '    if (effect.isInvalid && state.fold.refusedById.has(effect.operation))',
  },
];
