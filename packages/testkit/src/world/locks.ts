// The Web Locks of one browser profile, as far as the client uses them: exclusive, first come first served.
import type { ClientPlatform } from '@causeway/client';

type Locks = NonNullable<ClientPlatform['locks']>;

interface Waiter {
  readonly owner: object;
  readonly enter: () => void;
}

export class LockTable {
  private readonly held = new Map<string, object>();
  private readonly waiters = new Map<string, Waiter[]>();

  /** The lock manager as one process sees it. */
  of(owner: object): Locks {
    const request = async (name: string, use: () => Promise<unknown>): Promise<unknown> => {
      if (this.held.has(name)) await this.wait(name, owner);
      this.held.set(name, owner);
      try {
        return await use();
      } finally {
        if (this.held.get(name) === owner) this.release(name);
      }
    };
    const query = async () => ({
      held: [...this.held.keys()].map((name) => ({ name, mode: 'exclusive', clientId: '' })),
      pending: [],
    });
    return { request, query } as unknown as Locks;
  }

  /** A process died: the browser gives back what it held, and it waits for nothing any more. */
  releaseAll(owner: object): void {
    for (const [name, waiters] of this.waiters) {
      const others = waiters.filter((waiter) => waiter.owner !== owner);
      this.waiters.set(name, others);
    }
    for (const [name, holder] of [...this.held]) if (holder === owner) this.release(name);
  }

  private wait(name: string, owner: object): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.waiters.set(name, [...(this.waiters.get(name) ?? []), { owner, enter: resolve }]);
    return promise;
  }

  private release(name: string): void {
    const [next, ...rest] = this.waiters.get(name) ?? [];
    this.waiters.set(name, rest);
    if (!next) {
      this.held.delete(name);
      return;
    }
    this.held.set(name, next.owner);
    next.enter();
  }
}
