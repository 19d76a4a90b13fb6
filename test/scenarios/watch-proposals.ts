// What auditors propose, seen where they do it: that several were at it at once, and what a primary would
// have found in the same operations.
import type { App, Fact, ObservedStep, PrimaryEffect, PrimaryState } from '@causeway/core';
import { decodeFacts, decodeHeader, openPrimary, stepPrimary } from '@causeway/core';
import type { World } from '@causeway/testkit';
import { type Stage, stateOf } from './stage.ts';

export interface Proposals {
  /** Names of devices whose auditors asked to append a violation, or a mended case. */
  readonly violation: ReadonlySet<string>;
  readonly mending: ReadonlySet<string>;
  /** Those of them that were refused because somebody else had appended first. */
  readonly overtaken: ReadonlySet<string>;
}

/** Watches from now on. */
export function watchProposals<A extends App>(world: World<A>): Proposals {
  const violation = new Set<string>();
  const mending = new Set<string>();
  const overtaken = new Set<string>();
  world.watch({
    onStep({ name }, { machine, input, effects }) {
      if (machine !== 'primary') return;
      const device = name.replace(/\d+ auditor$/, '');
      const isMoved = input.type === 'appendRefused' && 'code' in input && input.code === 'moved';
      if (isMoved) overtaken.add(device);
      for (const fact of proposedFacts(effects)) {
        if (fact.fact === 'violation') violation.add(device);
        if (fact.fact === 'case' && fact.state === 'compensated') mending.add(device);
      }
    },
  });
  return { violation, mending, overtaken };
}

export function proposedFacts(effects: ObservedStep['effects']): readonly Fact[] {
  return (effects as readonly PrimaryEffect[]).flatMap((effect) => {
    if (effect.type !== 'append') return [];
    return effect.changes.flatMap(({ header, payload }) => {
      const isTelling = decodeHeader(header)?.kind === 'coordination';
      return isTelling ? (decodeFacts(payload) ?? []) : [];
    });
  });
}

/** The id of the case that a primary finds in what people did, told nothing of what others found. */
export function caseByPrimary<A extends App>(stage: Stage<A>): string | undefined {
  const { truth, world } = stage;
  const { author, hash, id } = stateOf(stage, stage.a);
  const { definition } = world.app;
  const document = definition.document.open({ clientId: 1 });
  const state: PrimaryState = openPrimary({ definition, id, document, author, hash, epoch: 1 });
  const entries = truth.entries.filter(({ sealed }) => {
    return decodeHeader(sealed.header)?.kind === 'operation';
  });
  const moment = { monotonicMs: 0, wallMs: 0, random: 0 };
  stepPrimary(state, { type: 'entriesCommitted', entries, isMore: true }, moment);
  return state.facts.find((fact) => fact.fact === 'violation')?.case;
}
