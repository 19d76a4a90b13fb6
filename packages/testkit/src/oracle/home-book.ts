// Who holds which key, and how: what the facts say of homes, line by line.
import type { HomeFact } from '@causeway/core';
import { problem } from './problem.ts';

export class HomeBook {
  private readonly sharesByKey = new Map<string, Map<string, HomeFact['share']>>();

  /** Writes a fact down; what is wrong with it, if anything is. */
  take({ key, replica, share }: HomeFact): readonly string[] {
    const holders = this.sharesByKey.get(key) ?? new Map<string, HomeFact['share']>();
    this.sharesByKey.set(key, holders);
    if (share === 'none') holders.delete(replica);
    else holders.set(replica, share);
    const isAlone = holders.size < 2 || ![...holders.values()].includes('exclusive');
    const names = [...holders.keys()].join(' and ');
    return isAlone ? [] : [problem('one-home', `${key} has the homes ${names}`)];
  }

  shareOf(key: string, replica: string): HomeFact['share'] | undefined {
    return this.sharesByKey.get(key)?.get(replica);
  }

  holders(key: string): readonly string[] {
    return [...(this.sharesByKey.get(key)?.keys() ?? [])];
  }
}
