// The Web Locks of one browser profile, as far as the client uses them: exclusive, held for life.
import type { ClientPlatform } from '@causeway/client';

type Locks = NonNullable<ClientPlatform['locks']>;

export class LockTable {
  private readonly held = new Map<string, object>();

  /** The lock manager as one process sees it. */
  of(owner: object): Locks {
    const request = async (name: string, use: () => Promise<unknown>): Promise<unknown> => {
      this.held.set(name, owner);
      try {
        return await use();
      } finally {
        if (this.held.get(name) === owner) this.held.delete(name);
      }
    };
    const query = async () => ({
      held: [...this.held.keys()].map((name) => ({ name, mode: 'exclusive', clientId: '' })),
      pending: [],
    });
    return { request, query } as unknown as Locks;
  }

  /** A process died: the browser gives back what it held. */
  releaseAll(owner: object): void {
    for (const [name, holder] of this.held) if (holder === owner) this.held.delete(name);
  }
}
