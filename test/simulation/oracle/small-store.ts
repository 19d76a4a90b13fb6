// What one device keeps, without a disk: one list of commands is one step, as in the real stores.
import type {
  LimitRow,
  QueuedChange,
  StoreCommand,
  StoredDocument,
  StoredEffect,
  StoredEpisode,
  StoreResult,
} from '@causeway/core';
import { documentId } from './small-log.ts';

type Of<T extends StoreCommand['type']> = Extract<StoreCommand, { type: T }>;

export class SmallStore {
  queue: readonly QueuedChange[] = [];
  private kept: Omit<StoredDocument, 'queue' | 'rows' | 'effects' | 'episodes' | 'document'> = {
    head: undefined,
    snapshot: undefined,
    tail: [],
  };
  private rows: readonly LimitRow[] = [];
  private readonly effects = new Map<string, StoredEffect>();
  private readonly episodes = new Map<string, StoredEpisode>();
  private lastOrder = 0;

  load(): StoredDocument {
    const { queue, rows } = this;
    const [effects, episodes] = [[...this.effects.values()], [...this.episodes.values()]];
    return { ...this.kept, document: documentId, queue, rows, effects, episodes };
  }

  commit(commands: readonly StoreCommand[]): readonly StoreResult[] {
    return commands.map((command) => this.take(command));
  }

  private take(command: StoreCommand): StoreResult {
    if (command.type === 'reserve') return this.reserve(command.rows);
    if (command.type === 'release') this.drop([command.operation]);
    if (command.type === 'enqueue') this.enqueue(command);
    if (command.type === 'commit') this.commitEntries(command);
    if (command.type === 'mark-effect') return this.markEffect(command);
    if (command.type === 'save-episode') this.episodes.set(command.episode.id, command.episode);
    return { type: 'done' };
  }

  private reserve(asked: Of<'reserve'>['rows']): StoreResult {
    for (const { invariant, key, amount, max } of asked) {
      const same = this.rows.filter((row) => row.invariant === invariant && row.key === key);
      const used = same.reduce((sum, row) => sum + row.amount, 0);
      if (max === undefined || amount <= 0 || used + amount <= max) continue;
      return { type: 'limit-refused', invariant, key, remaining: Math.max(0, max - used) };
    }
    this.rows = [...this.rows, ...asked.map(({ max: _, ...row }) => row)];
    return { type: 'done' };
  }

  private drop(operations: readonly string[]): void {
    this.rows = this.rows.filter(({ operation }) => !operations.includes(operation));
  }

  private enqueue({ change, effects }: Of<'enqueue'>): void {
    this.lastOrder += 1;
    this.queue = [...this.queue, { order: this.lastOrder, change }];
    const id = change.header.operation?.id;
    this.rows = this.rows.map((row) => (row.operation === id ? { ...row, state: 'spent' } : row));
    for (const effect of effects) this.putEffect(effect);
  }

  private commitEntries({ entries, head, dequeued, settled }: Of<'commit'>): void {
    const reached = this.kept.head?.position ?? 0;
    const fresh = entries.filter(({ position }) => position > reached);
    const newest = head.position > reached ? head : this.kept.head;
    this.kept = { ...this.kept, tail: [...this.kept.tail, ...fresh], head: newest };
    const gone = new Set(dequeued.map(({ writer, seq }) => `${writer}:${seq}`));
    this.queue = this.queue.filter(
      ({ change }) => !gone.has(`${change.author.writer}:${change.seq}`),
    );
    this.drop(settled);
  }

  private markEffect({ effect, from }: Of<'mark-effect'>): StoreResult {
    const now = this.effects.get(`${effect.operation}:${effect.index}`)?.state;
    if (from !== undefined && now !== from) return { type: 'effect-taken' };
    this.putEffect(effect);
    return { type: 'done' };
  }

  private putEffect(effect: StoredEffect): void {
    this.effects.set(`${effect.operation}:${effect.index}`, effect);
  }
}
