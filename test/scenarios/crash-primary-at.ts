// The primary dies at one moment of an effect's life, once: before its claim is in the log, after it,
// while it waits for the far end, with the answer in its hand, or when that is recorded.
import type { App, Fact, PrimaryEffect, SealedChange } from '@causeway/core';
import { decodeFacts, decodeHeader } from '@causeway/core';
import type { World } from '@causeway/testkit';

export const crashMoments = [
  'before the claim is appended',
  'when the claim is durable',
  'when the handler is called',
  'when it is done outside',
  'when the handler has answered',
  'before the answer is appended',
  'when the answer is durable',
] as const;
export type CrashMoment = (typeof crashMoments)[number];

/** True once it has died. Watches from now on, and does it once only. */
export function crashPrimaryAt<A extends App>(
  world: World<A>,
  moment: CrashMoment,
): { readonly hasCrashed: boolean } {
  const done = { hasCrashed: false };
  const at = (now: CrashMoment): void => {
    if (now !== moment || done.hasCrashed) return;
    done.hasCrashed = true;
    world.relay.crashPrimary();
  };
  world.watch({
    onStep(_process, { machine, input, effects }) {
      if (machine !== 'primary') return;
      if (input.type === 'handlerAnswered') at('when the handler has answered');
      const facts = effects.flatMap((effect) => appendedFacts(effect as PrimaryEffect));
      if (says(facts, 'effect-claimed')) at('before the claim is appended');
      if (says(facts, 'effect-answered')) at('before the answer is appended');
    },
    onCommitted(entries) {
      const facts = entries.flatMap(({ sealed }) => factsIn(sealed));
      if (says(facts, 'effect-claimed')) at('when the claim is durable');
      if (says(facts, 'effect-answered')) at('when the answer is durable');
    },
    onHandlerCall: () => at('when the handler is called'),
    onHandled: () => at('when it is done outside'),
  });
  return done;
}

const says = (facts: readonly Fact[], kind: Fact['fact']): boolean =>
  facts.some(({ fact }) => fact === kind);

function appendedFacts(effect: PrimaryEffect): readonly Fact[] {
  return effect.type === 'append' ? effect.changes.flatMap(factsIn) : [];
}

function factsIn({ header, payload }: SealedChange): readonly Fact[] {
  return decodeHeader(header)?.kind === 'coordination' ? (decodeFacts(payload) ?? []) : [];
}
