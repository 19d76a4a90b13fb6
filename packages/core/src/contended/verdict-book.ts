// What was decided of operations and their entries. A verdict may be known before what it judges.
import type { Verdict } from '../app/document-type.ts';
import type { Entry } from './entry.ts';

/** The last verdict per scope: an operation, its entries in one root, or one of them. */
export class VerdictBook {
  private readonly byOperation = new Map<string, Map<string, Verdict>>();

  /** Replaces the verdict of the same scope and returns it. */
  record(verdict: Verdict): Verdict | undefined {
    const scope = toScope(verdict.root, verdict.entry);
    const verdicts = this.byOperation.get(verdict.operation) ?? new Map<string, Verdict>();
    const previous = verdicts.get(scope);
    verdicts.set(scope, verdict);
    this.byOperation.set(verdict.operation, verdicts);
    return previous;
  }

  /** Takes back what `record` did. */
  restore(verdict: Verdict, previous: Verdict | undefined): void {
    if (previous) this.record(previous);
    else this.byOperation.get(verdict.operation)?.delete(toScope(verdict.root, verdict.entry));
  }

  /** Brings an entry's standing up to date. The narrower scope says more, and so wins. Cost: O(1). */
  apply(entry: Entry): void {
    const { group, root, id } = entry;
    const verdicts = this.byOperation.get(group.operation);
    group.verdict = verdicts?.get(toScope())?.verdict;
    entry.verdict = verdicts?.get(toScope(root, id)) ?? verdicts?.get(toScope(root));
  }

  list(): readonly Verdict[] {
    return [...this.byOperation.values()].flatMap((verdicts) => [...verdicts.values()]);
  }
}

function toScope(root?: string, entry?: string): string {
  return JSON.stringify([root ?? null, entry ?? null]);
}
