// What a screen needs beside the content: how each act and key stands, what was altered, what will be
// sent, how the detector did. A document's handle has all of it; nothing here is of any framework.
import type {
  CaseAccount,
  CaseId,
  CaseWords,
  CloseRisk,
  KeyMark,
  OperationId,
  OperationStatus,
  OutboxEntry,
  Outgoing,
  PartitionMetrics,
  QuarantinedFact,
  RecoveryReport,
  Remark,
  ReplicaInput,
  ReplicaState,
  UncommittedUpdate,
} from '@causeway/core';
import {
  closeRiskOf,
  describeCase,
  keyStatus,
  operationStatus,
  outboxEntries,
  outgoing,
  recoveryReport,
  remarksOn,
  uncommittedUpdates,
} from '@causeway/core';
import { createDerivedLives } from './derived-live.ts';
import type { Inbox } from './inbox.ts';
import { createInbox } from './inbox.ts';
import type { Live } from './live.ts';
import type { Notices } from './notice-book.ts';
import { createNotices } from './notice-book.ts';
import type { ClientPlatform } from './platform.ts';
import type { Receipts } from './receipts.ts';

export interface WorkSurface {
  /** What waits for a person's decision. */
  readonly inbox: Inbox;
  /**
   * What happened, which acts of this replica are concerned, what was done, what is left to do: in plain
   * words, with the application's own where it gives them. Undefined for a case that is not known here.
   */
  describeCase(id: CaseId, words?: CaseWords): CaseAccount | undefined;
  /** How an operation of this replica stands; undefined if unknown here. Cost: O(1) a turn. */
  statusOf(id: string): Live<OperationStatus | undefined>;
  /**
   * How a contended key stands, or (without `key`) a root of the document library's own types;
   * undefined where nothing of this replica touched it and no case is about it.
   * Cost: O(queue + cases) a turn while somebody listens.
   */
  keyStatus(root: string, key?: string): Live<KeyMark | undefined>;
  /**
   * What the primary does outside for an operation, of whichever replica: an entry for each effect
   * that was tried or dropped, in their order. One that waits for its first attempt has none, and
   * effects on devices are not among them. Cost: O(its effects) a turn.
   */
  effects(operation: string): Live<readonly OutboxEntry[]>;
  /** What was shown earlier and is otherwise now, until dismissed. Cost: O(cases + refusals) a turn. */
  readonly notices: Notices;
  /**
   * What the audit remarked on an operation that stands: a suspected duplicate, an effect that a
   * concurrent change overwrote. Empty where there is nothing to say. Cost: O(remarks on it) a turn.
   */
  remarks(id: string): Live<readonly Remark[]>;
  /** Operations on which the application's own code threw at the primary, with what it said. */
  readonly quarantined: Live<readonly QuarantinedFact[]>;
  /** What will go to the relay when the link is back. Cost: O(queue). */
  outgoing(): Outgoing;
  /** The document updates not committed yet, for editors that colour them. Cost: O(queue). */
  uncommitted(): readonly UncommittedUpdate[];
  /**
   * What came of one stay in partition mode, as far as it is known; undefined for an unknown episode
   * (`episodes` lists them). Plain data for `JSON.stringify`; `reportToMarkdown` prints it.
   */
  report(episode: string): Live<RecoveryReport | undefined>;
  /** How often this document was cut off, for how long, and how often for nothing. */
  metrics(): PartitionMetrics;
}

export interface Surface {
  readonly parts: WorkSurface;
  /** Publishes what changed. */
  refresh(): void;
  closeRisk(): CloseRisk;
}

export function createWorkSurface(
  state: ReplicaState,
  o: {
    readonly platform: ClientPlatform;
    readonly name: string;
    readonly driver: { tell(input: ReplicaInput): void; metrics(): PartitionMetrics };
    readonly receipts: Receipts;
  },
): Surface {
  const lives = createDerivedLives();
  const { driver } = o;
  const { inbox, refresh } = createInbox(state, { ...o, tell: (input) => driver.tell(input) });
  const parts: WorkSurface = {
    inbox,
    describeCase(id, words) {
      const found = state.fold.casesById.get(id);
      return found && describeCase(found, state.author.replica, words);
    },
    statusOf: (id) => lives.derive(() => operationStatus(state, id as OperationId)),
    keyStatus: (root, key) => lives.derive(() => keyStatus(state, { root, key })),
    effects: (id) => lives.derive(() => outboxEntries(state.fold.outbox, id as OperationId)),
    notices: createNotices(state, { ...o, lives }),
    remarks: (id) => lives.derive(() => remarksOn(state, id as OperationId)),
    quarantined: lives.derive(() => [...state.fold.quarantinedById.values()]),
    outgoing: () => outgoing(state),
    uncommitted: () => uncommittedUpdates(state),
    report: (episode) => lives.derive(() => recoveryReport(state, episode)),
    metrics: () => driver.metrics(),
  };
  const refreshAll = (): void => {
    refresh();
    lives.refresh();
  };
  return { parts, refresh: refreshAll, closeRisk: () => closeRiskOf(state) };
}
