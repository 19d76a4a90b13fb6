// What the log says of intents and of homes, added up, and through a snapshot as it was.
import { describe, expect, it } from 'vitest';
import { bytesToJson, jsonToBytes } from '../bytes/canonical-json.ts';
import type { OperationId, ReplicaId } from '../identity.ts';
import { parseOperationId, parseReplicaId } from '../identity.ts';
import type { Fact } from './facts.ts';
import type { CoordinationFold } from './fold.ts';
import { emptyFold, foldFact, foldFromJson, foldToJson, outcomeOf } from './fold.ts';

const operationNamed = (name: string): OperationId =>
  parseOperationId(name) ?? expect.unreachable();
const replicaNamed = (digit: string): ReplicaId =>
  parseReplicaId(digit.repeat(32)) ?? expect.unreachable();
const [first, second] = [operationNamed('o1'), operationNamed('o2')];
const [ann, ben] = [replicaNamed('a'), replicaNamed('b')];

function foldOf(...facts: readonly Fact[]): CoordinationFold {
  const fold = emptyFold();
  for (const fact of facts) foldFact(fold, fact);
  return fold;
}
const holds = (key: string, replica: ReplicaId, share: 'exclusive' | 'shared' | 'none'): Fact => ({
  ...{ fact: 'home', key, replica, share },
});
const recalls = (key: string, operation: OperationId): Fact => ({
  ...{ fact: 'recall', key, operation },
});
/** As a snapshot keeps it: through bytes. */
function kept(fold: CoordinationFold): CoordinationFold {
  const json = bytesToJson(jsonToBytes(foldToJson(fold)));
  return foldFromJson(json ?? expect.unreachable());
}

describe('homes', () => {
  it('are held by whoever the last fact names, several where they share', () => {
    const fold = foldOf(
      holds('k', ann, 'shared'),
      holds('k', ben, 'shared'),
      holds('m', ann, 'shared'),
    );
    expect(fold.homes).toStrictEqual(
      new Map([
        [
          'k',
          new Map([
            [ann, 'shared'],
            [ben, 'shared'],
          ]),
        ],
        ['m', new Map([[ann, 'shared']])],
      ]),
    );
    foldFact(fold, holds('k', ann, 'exclusive'));
    expect(fold.homes.get('k')?.get(ann)).toBe('exclusive');
    foldFact(fold, holds('k', ann, 'none'));
    expect(fold.homes.get('k')).toStrictEqual(new Map([[ben, 'shared']]));
  });

  it('that nobody holds are gone, and asked back by nobody', () => {
    const fold = foldOf(holds('k', ann, 'shared'), holds('k', ben, 'shared'), recalls('k', first));
    foldFact(fold, holds('k', ann, 'none'));
    expect(fold.recalled).toStrictEqual(new Map([['k', first]])); // Its other holder still has it.
    foldFact(fold, holds('k', ben, 'none'));
    expect([fold.homes.size, fold.recalled.size]).toStrictEqual([0, 0]);
    foldFact(fold, holds('k', ben, 'none')); // Twice is once.
    expect(fold).toStrictEqual(emptyFold());
  });

  it('are asked back only where somebody holds them, for the last that needs them', () => {
    const fold = foldOf(recalls('k', first));
    expect(fold.recalled.size).toBe(0);
    for (const fact of [holds('k', ann, 'shared'), recalls('k', first), recalls('k', second)]) {
      foldFact(fold, fact);
    }
    expect(fold.recalled).toStrictEqual(new Map([['k', second]]));
  });
});

describe('an intent', () => {
  const refusedFor = (
    more: Omit<Extract<Fact, { fact: 'refused' }>, 'fact' | 'operation' | 'reason'>,
  ) => foldOf({ fact: 'refused', operation: first, reason: 'why', ...more });

  it('that was executed is confirmed, before any audit', () => {
    const fold = foldOf({ fact: 'executed', operation: first });
    expect(outcomeOf(fold, first, 99)).toStrictEqual({ type: 'confirmed' });
    expect(outcomeOf(fold, second, 99)).toBeUndefined();
  });

  it.each([
    [{ code: 'requires' }, { code: 'requires', reason: 'why' }],
    [
      { code: 'would-violate', invariant: 'covered', key: 'ann' },
      { code: 'would-violate', invariant: 'covered', key: 'ann' },
    ],
    [{ code: 'would-violate' }, { code: 'would-violate', invariant: '', key: '' }],
    [{ code: 'failed' }, { code: 'failed', message: 'why' }],
    [{ code: 'cancelled' }, { code: 'cancelled' }],
    [
      { code: 'not-home', key: 'k', home: ann },
      { code: 'not-home', key: 'k', home: ann },
    ],
    [{ code: 'not-home' }, { code: 'not-home', key: '', home: undefined }],
    [
      { code: 'no-rights', invariant: 'covered', key: 'ann' },
      { code: 'no-rights', invariant: 'covered', key: 'ann', remaining: 0 },
    ],
  ] as const)('that was refused says why: %j', (said, told) => {
    const fold = refusedFor(said);
    expect(outcomeOf(fold, first, 99)).toStrictEqual({ type: 'refused', ...told });
    expect(outcomeOf(kept(fold), first, 99)).toStrictEqual({ type: 'refused', ...told });
  });
});

describe('a fold through a snapshot', () => {
  const whole = foldOf(
    { fact: 'audited', upTo: 9 },
    { fact: 'executed', operation: first },
    { fact: 'executed', operation: second },
    { fact: 'refused', operation: operationNamed('o3'), code: 'cancelled', reason: '' },
    ...[holds('k', ann, 'shared'), holds('k', ben, 'shared'), holds('', ann, 'exclusive')],
    ...[recalls('k', first), recalls('', second)],
  );

  it('is as it was', () => {
    expect(kept(whole)).toStrictEqual(whole);
    expect(kept(emptyFold())).toStrictEqual(emptyFold());
  });

  it('goes on as it would have', () => {
    const [one, other] = [kept(whole), kept(whole)];
    for (const fold of [one, other]) foldFact(fold, holds('k', ann, 'none'));
    expect(one).toStrictEqual(other);
    expect(one.homes.get('k')).toStrictEqual(new Map([[ben, 'shared']]));
    expect(kept(whole)).toStrictEqual(whole); // Of a copy nothing reaches the first.
  });

  it('of before there were intents, homes and rights has none', () => {
    const before = foldFromJson({ auditedTo: 4, refused: [], stale: [], cases: [] });
    expect(before).toStrictEqual({ ...emptyFold(), auditedTo: 4 });
    const {
      executed: _e,
      homes: _h,
      recalled: _r,
      ...older
    } = foldToJson(whole) as object & {
      readonly executed?: unknown;
      readonly homes?: unknown;
      readonly recalled?: unknown;
    };
    const read = foldFromJson(older as Parameters<typeof foldFromJson>[0]);
    const none = { executed: new Set(), homes: new Map(), recalled: new Map() };
    expect(read).toStrictEqual({ ...whole, ...none });
    foldFact(read, { fact: 'executed', operation: first });
    expect(outcomeOf(read, first, 99)).toStrictEqual({ type: 'confirmed' });
  });
});
