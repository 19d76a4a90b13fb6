// What else would a compensation break? It is audited by nobody once it is in the log, so that no case ever
// comes of one: its own run is compared before it is. docs/adr/0022-compensations-and-other-rules.md
import type { DocumentReplica, Touch } from '../app/document-type.ts';
import type { BrokenKey } from '../coordination/case-question.ts';
import { attempt } from './attempt.ts';
import type { PrimaryState } from './primary-state.ts';
import { keyName } from './primary-state.ts';
import { readersOf } from './rule-reads.ts';
import type { RuleKey } from './rules.ts';
import { guardedKeys, judgeKey } from './rules.ts';

/** Each key is evaluated twice, and whoever audits may not be silent for long. */
const readersMax = 256;
const namesakesMax = 64;
const guardsMax = 64;
/** A rule that reads a whole root is the dearest there is, and each of its keys reads all of it. */
const wholeReadersMax = 16;
/** In one question. */
const toldMax = 20;

type Known = Pick<PrimaryState, 'definition' | 'document' | 'guardedRoots' | 'reads'>;

interface Mended {
  /** Whose compensation ran. */
  readonly rule: RuleKey;
  readonly touched: readonly Touch[];
  /** The copy on which it ran. */
  readonly after: DocumentReplica;
}

/**
 * The keys that are worse on the copy on which one was mended: of other rules, and others of the same one.
 * Looked at are those that read what it wrote when they were judged last, those that bear the name of a
 * key that it wrote and read that, those that guard a root of it, and those that read a whole root of it.
 *
 * @remarks Cost: two evaluations of each, and of these kinds at most 256, 64, 64 and 16, in the order of
 * their names. Not known: what is beyond that, and a key that no operation ever named, unless it wrote
 * one of that name.
 */
export function brokenBeside(state: Known, mended: Mended): readonly BrokenKey[] {
  const after = { definition: state.definition, document: mended.after };
  const broken: BrokenKey[] = [];
  for (const { rule, isGuessed } of concernedKeys(state, mended)) {
    const [invariant, key] = rule;
    const before = attempt(() => judgeKey(state, rule));
    // Where nobody can say how it stood, nobody can say that this is the compensation's doing.
    if (!('value' in before) || !Number.isFinite(before.value.value)) continue;
    const { value: from, touched } = before.value;
    // What is only called the same means nothing to the rule.
    if (isGuessed && !touched.some((one) => one.key === key && isIn(mended.touched, one))) continue;
    const now = attempt(() => judgeKey(after, rule).value);
    const to = 'value' in now ? now.value : Number.POSITIVE_INFINITY;
    if (to <= from) continue;
    broken.push({ invariant, key, from, ...(Number.isFinite(to) && { to }) });
    if (broken.length === toldMax) break;
  }
  return broken;
}

function isIn(list: readonly Touch[], { root, key }: Touch): boolean {
  return list.some((one) => one.root === root && one.key === key);
}

interface Concerned {
  readonly rule: RuleKey;
  /** By its name alone. */
  readonly isGuessed: boolean;
}

function concernedKeys(state: Known, mended: Mended): readonly Concerned[] {
  const { touched } = mended;
  const roots = [...new Set(touched.map(({ root }) => root))];
  const keyed = touched.filter(({ key }) => key !== undefined);
  const whole = roots.flatMap((root) => readersOf(state.reads, { root, key: undefined }));
  const byName = new Map<string, Concerned>();
  const add = (keys: readonly RuleKey[], most: number, isGuessed = false): void => {
    const fresh = new Map(keys.map((rule) => [keyName(...rule), { rule, isGuessed }]));
    fresh.delete(keyName(...mended.rule));
    for (const name of byName.keys()) fresh.delete(name);
    const first = [...fresh].sort(([a], [b]) => (a < b ? -1 : 1)).slice(0, most);
    for (const [name, one] of first) byName.set(name, one);
  };
  add(
    keyed.flatMap((one) => readersOf(state.reads, one)),
    readersMax,
  );
  add(
    roots.flatMap((root) => guardsOf(state, mended, root)),
    guardsMax,
  );
  add(whole, wholeReadersMax);
  add(
    keyed.flatMap((one) => namesakesOf(state, one)),
    namesakesMax,
    true,
  );
  return [...byName.values()];
}

/** All rules of an account bear its name, also before anybody has acted on it. */
function namesakesOf({ definition }: Known, { key }: Touch): readonly RuleKey[] {
  if (key === undefined) return [];
  return Object.keys(definition.invariants).map((invariant): RuleKey => [invariant, key]);
}

/** As they were, and those that came with it. */
function guardsOf(state: Known, { after }: Mended, root: string): readonly RuleKey[] {
  const { definition } = state;
  return (state.guardedRoots.get(root) ?? []).flatMap((invariant) =>
    [state, { definition, document: after }]
      .flatMap((one) => guardedKeys(one, invariant))
      .map((key): RuleKey => [invariant, key]),
  );
}
