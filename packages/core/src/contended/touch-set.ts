// Which keys and roots were read or changed? Collected without duplicates.
import type { Touch } from '../app/document-type.ts';

const nothing: readonly Touch[] = [];

/** Owned by who collects. Cost of `add`: O(1). */
export class TouchSet {
  private readonly keysByRoot = new Map<string, Set<string | undefined>>();

  add(root: string, key: string | undefined): void {
    const keys = this.keysByRoot.get(root);
    if (keys) keys.add(key);
    else this.keysByRoot.set(root, new Set([key]));
  }

  addAll(touches: Iterable<Touch>): void {
    for (const { root, key } of touches) this.add(root, key);
  }

  list(): readonly Touch[] {
    const list: Touch[] = [];
    for (const [root, keys] of this.keysByRoot) for (const key of keys) list.push({ root, key });
    return list;
  }

  /** The list; then it is empty again. */
  take(): readonly Touch[] {
    if (this.keysByRoot.size === 0) return nothing;
    const list = this.list();
    this.keysByRoot.clear();
    return list;
  }
}
