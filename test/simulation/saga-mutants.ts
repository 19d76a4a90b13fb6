// Faults in sagas: what is done next, under which name, and who is told of it.
import type { Mutant } from './mutant.ts';

const core = 'packages/core/src';

export const sagaMutants: readonly Mutant[] = [
  {
    name: 'sent-while-a-saga-is-open',
    why: 'a letter about a trip goes out, and then the trip is undone',
    file: `${core}/recovery/effect-hold.ts`,
    from: ' || isInOpenSaga(state.fold, operation)',
    to: ' || (state.append !== undefined && isInOpenSaga(state.fold, operation))',
  },
  {
    name: 'sent-though-undone',
    why: 'what an undone step had recorded for outside is done all the same',
    file: `${core}/recovery/release-effects.ts`,
    from: "    if (isUndone(state.fold, effect.operation)) return drop(effect, 'undone');",
    to: '',
  },
  {
    name: 'undone-forward',
    why: 'the first booking is given back, and those after it stay',
    file: `${core}/recovery/saga.ts`,
    from: '  for (let step = standing; step > 0; step--) {',
    to: '  for (let step = 1; step <= standing; step++) {',
  },
  {
    name: 'step-named-by-position',
    why: 'a primary that goes on after a crash does a step under another name, once more',
    file: `${core}/recovery/run-sagas.ts`,
    from: '  const operation = headerOf(state, record, stepping.move);',
    to: '  const operation = headerOf(state, record, { ...stepping.move, step: state.position });',
  },
  {
    name: 'retried-from-the-beginning',
    why: 'after a step that failed the saga begins again, and never ends',
    file: `${core}/coordination/saga-fold.ts`,
    from: 'return { ...record, failing: failureAfter(record, fact) };',
    to: 'return { ...record, standing: 0, failing: failureAfter(record, fact) };',
  },
  {
    name: 'undone-twice',
    why: 'the primary undoes a step that was never done, or is undone',
    file: `${core}/recovery/saga.ts`,
    from: '  for (let step = standing; step > 0; step--) {',
    to: '  for (let step = Math.min(standing + 1, steps.length); step > 0; step--) {',
  },
  {
    name: 'abort-ignored',
    why: 'people are told that a saga turns back, and it goes on',
    file: `${core}/recovery/saga-requests.ts`,
    from: "  if (record.state === 'undone' || record.state === 'backward') return { facts: [] };",
    to: "  if (record.state !== 'stuck') return { facts: [] };",
  },
  {
    name: 'affected-not-told',
    why: 'nobody learns that somebody used what was undone',
    file: `${core}/recovery/run-sagas.ts`,
    from: "const affected = deed === 'undo' ? affectedBy(state, saga, step) : [];",
    to: "const affected = deed === 'undo' ? affectedBy(state, saga, step).slice(1) : [];",
  },
];
