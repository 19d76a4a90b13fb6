// What was decided of operations and their entries. A verdict may be known before what it judges.
import type { Verdict } from '../app/document-type.ts';
import type { Entry } from './entry.ts';

/** The last verdict per scope: an operation, its entries in one root, or one of them. */
export class VerdictBook {
  private readonly verdictsByScope = new Map<string, Verdict>();

  /** Replaces the verdict of the same scope and returns it. */
  record(verdict: Verdict): Verdict | undefined {
    const scope = toScope(verdict.operation, verdict.root, verdict.entry);
    const previous = this.verdictsByScope.get(scope);
    this.verdictsByScope.set(scope, verdict);
    return previous;
  }

  /** Takes back what `record` did. */
  restore(verdict: Verdict, previous: Verdict | undefined): void {
    if (previous) this.record(previous);
    else this.verdictsByScope.delete(toScope(verdict.operation, verdict.root, verdict.entry));
  }

  /** Brings an entry's standing up to date. The narrower scope says more, and so wins. */
  apply(entry: Entry): void {
    if (this.verdictsByScope.size === 0 && !entry.verdict && !entry.group.verdict) return;
    const { group, root, id } = entry;
    group.verdict = this.verdictsByScope.get(toScope(group.operation))?.verdict;
    entry.verdict =
      this.verdictsByScope.get(toScope(group.operation, root, id)) ??
      this.verdictsByScope.get(toScope(group.operation, root));
  }

  list(): readonly Verdict[] {
    return [...this.verdictsByScope.values()];
  }
}

function toScope(operation: string, root?: string, entry?: string): string {
  return JSON.stringify([operation, root ?? null, entry ?? null]);
}
