// What the rules read, in a checkpoint: a rule that nobody judges again is looked for by this alone.
import type { Json } from '../bytes/canonical-json.ts';
import type { Kept } from './checkpoint-io.ts';
import type { RuleReads } from './rule-reads.ts';
import { allReads, enterRead, nothingRead } from './rule-reads.ts';

type Row = readonly [string, string, readonly (readonly [string, string | null])[]];

export const ruleReads: Kept<RuleReads> = {
  write(reads) {
    const rows = allReads(reads).map(({ rule: [invariant, key], places }): Row => {
      return [invariant, key, places.map((place) => [place.root, place.key ?? null])];
    });
    return rows as unknown as Json;
  },
  read(json) {
    const reads = nothingRead();
    for (const [invariant, key, rows] of json as unknown as readonly Row[]) {
      const places = rows.map(([root, place]) => ({ root, key: place ?? undefined }));
      enterRead(reads, { rule: [invariant, key], places });
    }
    return reads;
  },
};
