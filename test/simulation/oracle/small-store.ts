// What one device keeps, without a disk: one list of commands is one step, as in the real stores.
import type {
  LimitRow,
  OperationId,
  QueuedChange,
  RightsRow,
  StoreCommand,
  StoredDocument,
  StoredEffect,
  StoredEpisode,
  StoredIntent,
  StoreResult,
} from '@causeway/core';
import { moveRights, takeRights } from '@causeway/core';
import { documentId } from './small-log.ts';

type Of<T extends StoreCommand['type']> = Extract<StoreCommand, { type: T }>;

export class SmallStore {
  queue: readonly QueuedChange[] = [];
  private kept: Pick<StoredDocument, 'head' | 'snapshot' | 'tail' | 'intents' | 'rights'> = {
    intents: [],
    rights: [],
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
    if (command.type === 'reserve') return this.reserve(command);
    if (command.type === 'release') this.drop([command.operation]);
    if (command.type === 'release') this.moveRights([command.operation], 'released');
    if (command.type === 'enqueue') this.enqueue(command);
    if (command.type === 'commit') this.commitEntries(command);
    if (command.type === 'mark-effect') return this.markEffect(command);
    if (command.type === 'save-episode') this.episodes.set(command.episode.id, command.episode);
    if (command.type.endsWith('-intent')) return this.takeIntent(command);
    return { type: 'done' };
  }

  private moveRights(operations: readonly OperationId[], state: RightsRow['state']): void {
    const rights = moveRights(this.kept.rights, new Set(operations), state);
    this.kept = { ...this.kept, rights };
  }

  private reserve({ rows: asked, rights }: Of<'reserve'>): StoreResult {
    for (const { invariant, key, amount, max } of asked) {
      const same = this.rows.filter((row) => row.invariant === invariant && row.key === key);
      const used = same.reduce((sum, row) => sum + row.amount, 0);
      if (max === undefined || amount <= 0 || used + amount <= max) continue;
      return { type: 'limit-refused', invariant, key, remaining: Math.max(0, max - used) };
    }
    const taken = rights ? takeRights(this.kept.rights, rights) : { rows: [] };
    if ('type' in taken) return taken;
    this.kept = { ...this.kept, rights: [...this.kept.rights, ...taken.rows] };
    this.rows = [...this.rows, ...asked.map(({ max: _, ...row }) => row)];
    return rights ? { type: 'rights-reserved', rows: taken.rows } : { type: 'done' };
  }

  private takeIntent(command: StoreCommand): StoreResult {
    if (command.type === 'save-intent') {
      this.kept = { ...this.kept, intents: [...this.kept.intents, command.intent] };
    }
    if (command.type === 'claim-intent' || command.type === 'drop-intent') {
      const isIt = (intent: StoredIntent): boolean => intent.operation === command.operation;
      const kept = this.kept.intents.find(isIt);
      if (kept?.state !== 'waiting') return { type: 'intent-taken' };
      const rest = this.kept.intents.filter((intent) => !isIt(intent));
      const next: StoredIntent =
        command.type === 'drop-intent'
          ? { ...kept, state: 'dropped' }
          : { ...kept, writer: command.writer, state: 'submitting' };
      this.kept = { ...this.kept, intents: [...rest, next] };
    }
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
    const intents = this.kept.intents.filter(({ operation }) => operation !== id);
    this.kept = { ...this.kept, intents };
  }

  private commitEntries({ entries, head, dequeued, settled, effects }: Of<'commit'>): void {
    const reached = this.kept.head?.position ?? 0;
    const fresh = entries.filter(({ position }) => position > reached);
    const newest = head.position > reached ? head : this.kept.head;
    this.kept = { ...this.kept, tail: [...this.kept.tail, ...fresh], head: newest };
    const gone = new Set(dequeued.map(({ writer, seq }) => `${writer}:${seq}`));
    this.queue = this.queue.filter(
      ({ change }) => !gone.has(`${change.author.writer}:${change.seq}`),
    );
    this.drop(settled);
    this.moveRights(settled, 'committed');
    for (const effect of effects) {
      if (!this.effects.has(`${effect.operation}:${effect.index}`)) this.putEffect(effect);
    }
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
