// What the relay's log really holds, kept beside it from what became durable: the yardstick of the
// other checkers, and itself a check of the log's own rules (G2, G4, G13).
import type { ChangeHeader, Fact, LogEntry, LogHead } from '@causeway/core';
import {
  chainGenesis,
  chainNext,
  type DocumentId,
  decodeFacts,
  decodeHeader,
  prefixGenesis,
  prefixNext,
} from '@causeway/core';
import { sha256 } from '../world/simulated-host.ts';
import type { Watcher } from '../world/world.ts';
import type { Findings } from './guarantees.ts';

/** A header states what its writer saw since its last change, never a whole history. */
const headerBytesMax = 2_048;

export class LogTruth implements Watcher {
  readonly entries: LogEntry[] = [];
  readonly positionByOperation = new Map<string, number>();
  /** By `writer:seq`. */
  readonly positionByChange = new Map<string, number>();
  /** What the primary has said so far, in commit order. */
  readonly facts: Fact[] = [];
  /** Intents that the primary ran. */
  readonly executed = new Set<string>();
  /** What the primary refused. */
  readonly refused = new Set<string>();
  /** By id: what became an operation or a result, and at which position. */
  readonly happenedAt = new Map<string, number>();
  auditedTo = 0;
  private readonly chains = new Map<string, { seq: number; hash: Uint8Array }>();
  private readonly roles = new Set<string>();
  private readonly prefixes: Uint8Array[] = [];
  private readonly document: DocumentId;
  private readonly findings: Findings;

  constructor(document: DocumentId, head: LogHead, findings: Findings) {
    this.document = document;
    this.findings = findings;
    this.prefixes.push(prefixGenesis(sha256, document, head.log));
  }

  /** The prefix hash that a follower must have at this position. */
  prefixAt(position: number): Uint8Array | undefined {
    return this.prefixes[position];
  }

  onCommitted(entries: readonly LogEntry[]): void {
    for (const entry of entries) this.take(entry);
  }

  private take(entry: LogEntry): void {
    const { position, author, seq, sealed } = entry;
    if (position !== this.entries.length + 1) {
      this.findings.report('G4', `position ${position} follows ${this.entries.length}`);
    }
    const header = decodeHeader(sealed.header);
    if (!header) {
      this.findings.report(
        'G4',
        `position ${position}: a header that nobody can read was committed`,
      );
      return;
    }
    const chain = this.chains.get(author.writer) ?? {
      seq: 0,
      hash: chainGenesis(sha256, this.document, author),
    };
    if (seq !== chain.seq + 1) {
      this.findings.report(
        'G4',
        `position ${position}: ${author.writer}:${seq} follows ${chain.seq}`,
      );
    }
    this.checkContext(entry, header);
    this.checkOnce(entry, header);
    if (sealed.header.length > headerBytesMax) {
      this.findings.report(
        'G13',
        `position ${position}: a header of ${sealed.header.length} bytes`,
      );
    }
    const hash = chainNext(sha256, chain.hash, sealed);
    this.chains.set(author.writer, { seq, hash });
    const before = this.prefixes.at(-1) ?? hash;
    this.prefixes.push(prefixNext(sha256, before, hash));
    this.entries.push(entry);
    this.positionByChange.set(`${author.writer}:${seq}`, position);
    if (header.kind === 'coordination') this.takeFacts(entry);
  }

  private checkContext({ position, author }: LogEntry, { context }: ChangeHeader): void {
    if (context.position >= position) {
      this.findings.report('G4', `position ${position} has seen position ${context.position}`);
    }
    for (const { writer, seq } of context.dots) {
      if (this.positionByChange.has(`${writer}:${seq}`)) continue;
      const what = `position ${position} by ${author.writer} stands on ${writer}:${seq}, not committed`;
      this.findings.report('G4', what);
    }
  }

  private checkOnce({ position }: LogEntry, header: ChangeHeader): void {
    const id = header.operation?.id;
    if (!id) return;
    const name = `${header.kind} ${id}`;
    // Two copies of one device may ask the same twice: to ask is not to commit.
    const isAgain = header.kind !== 'intent' && this.roles.has(name);
    if (isAgain) this.findings.report('G2', `position ${position}: ${name} again`);
    this.roles.add(name);
    const hasHappened = header.kind === 'operation' || header.kind === 'result';
    if (hasHappened && !this.happenedAt.has(id)) this.happenedAt.set(id, position);
    this.positionByOperation.set(id, position);
  }

  private takeFacts({ sealed }: LogEntry): void {
    for (const fact of decodeFacts(sealed.payload) ?? []) {
      this.facts.push(fact);
      if (fact.fact === 'refused') this.refused.add(fact.operation);
      if (fact.fact === 'executed') this.executed.add(fact.operation);
      if (fact.fact === 'audited') this.auditedTo = Math.max(this.auditedTo, fact.upTo);
    }
  }
}
