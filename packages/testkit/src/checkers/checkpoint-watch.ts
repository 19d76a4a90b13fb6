// A primary that starts from a checkpoint and the tail of the log is the one that has read all of it
// (G28). Checkpoints of a run are taken here and there, and each is started from in the end; and an audit
// of the whole log finds what the primaries of the run had said. Both replay all of it: in some runs only.
import {
  canonicalJson,
  decodeCheckpoint,
  type Json,
  type LogEntry,
  type ObservedStep,
  openPrimary,
  type PrimarySetup,
  type PrimaryState,
  replayAudit,
  resumePrimary,
  stepPrimary,
  takeCheckpoint,
  zeroHash,
} from '@causeway/core';
import { Random } from '../random.ts';
import type { Watcher } from '../world/world.ts';
import type { Evidence } from './evidence.ts';

/** Each costs a replay of its tail. */
const samplesMax = 2;
/** Of the runs, for each of the two checks. */
const share = 0.4;
/** No clock goes on from one process to the next: what hangs on it is compared elsewhere. */
const nowMs = 0;

interface Sample {
  readonly position: number;
  readonly bytes: Uint8Array;
  readonly setup: PrimarySetup;
  /** Found by then, and on its way to the log at best. */
  readonly facts: string;
}

export class CheckpointWatch implements Watcher {
  private readonly evidence: Evidence;
  private readonly random: Random;
  private readonly isResumed: boolean;
  private readonly isAudited: boolean;
  private first: PrimarySetup | undefined;
  private readonly samples: Sample[] = [];
  private seen = 0;

  constructor(evidence: Evidence) {
    this.evidence = evidence;
    this.random = new Random(evidence.world.seed, 'checkpoint-watch');
    this.isResumed = this.random.chance(share);
    this.isAudited = this.random.chance(share);
  }

  /** Any of the states of a run, each as likely as the others. */
  onStep(_: unknown, { machine, state }: ObservedStep): void {
    if (machine !== 'primary') return;
    this.first ??= setupOf(state as PrimaryState);
    if (!this.isResumed) return;
    this.seen += 1;
    const at = this.seen <= samplesMax ? this.seen - 1 : this.random.below(this.seen);
    if (at < samplesMax) this.samples[at] = sampleOf(state as PrimaryState);
  }

  /** To be called at the end, with the whole log. */
  finish(entries: readonly LogEntry[]): void {
    if (!this.first) return;
    if (this.isAudited) this.audit(this.first, entries);
    if (!this.isResumed) return;
    const whole = describe(follow(openPrimary(anew(this.first)), entries));
    for (const sample of this.samples) this.compare(sample, entries, whole);
  }

  /** What the log says of itself is found once more, fact by fact. */
  private audit(setup: PrimarySetup, entries: readonly LogEntry[]): void {
    const { differences, pending, unjudged } = replayAudit({
      setup: anew(setup),
      entries: () => entries,
    });
    for (const difference of [...differences, ...unjudged, ...pending]) {
      this.evidence.findings.report('G28', `an audit finds ${JSON.stringify(difference)}`);
    }
  }

  private compare(
    { bytes, position, setup, facts }: Sample,
    entries: readonly LogEntry[],
    whole: ReadonlyMap<string, string>,
  ): void {
    const { findings } = this.evidence;
    const checkpoint = decodeCheckpoint(bytes);
    const resumed = checkpoint && resumePrimary(anew(setup), checkpoint, nowMs);
    if (!resumed) {
      findings.report('G28', `the checkpoint at ${position} cannot be read`);
      return;
    }
    const kept = canonicalJson(resumed.facts);
    if (kept !== facts) findings.report('G28', `at ${position} it has found ${kept}, not ${facts}`);
    for (const [name, text] of describe(follow(resumed, entries.slice(position)))) {
      const expected = whole.get(name);
      if (text === expected) continue;
      const what = `after a start at ${position}, ${name} is ${text}, not ${expected}`;
      findings.report('G28', what);
    }
  }
}

function setupOf(state: PrimaryState): PrimarySetup {
  const { definition, previous, id, document, author, hash, epoch } = state;
  return { definition, previous, id, document, author, hash, epoch };
}

function sampleOf(state: PrimaryState): Sample {
  const log = '0'.repeat(32) as Parameters<typeof takeCheckpoint>[1]['log'];
  const bytes = takeCheckpoint(state, { log, prefixHash: zeroHash }, nowMs);
  const { position, facts } = state;
  return { position, bytes, setup: setupOf(state), facts: canonicalJson(facts) };
}

/** The same primary with an empty document. */
function anew(setup: PrimarySetup): PrimarySetup {
  const { clientId } = setup.document;
  return { ...setup, document: setup.definition.document.open({ clientId }) };
}

function follow(state: PrimaryState, entries: readonly LogEntry[]): PrimaryState {
  const moment = { monotonicMs: nowMs, wallMs: 0, random: 0 };
  stepPrimary(state, { type: 'entriesCommitted', entries }, moment);
  return state;
}

/** All that a checkpoint would keep of it, by name, without times. */
function describe(state: PrimaryState): ReadonlyMap<string, string> {
  const kept = decodeCheckpoint(sampleOf(state).bytes);
  if (!kept) throw new Error('what was just written cannot be read');
  const { fields, ...tables } = kept.body;
  const parts: [string, Json][] = [
    ...Object.entries(fields),
    ['tables', tables as unknown as Json],
    ['content', state.document.content()],
  ];
  return new Map(parts.map(([name, json]) => [name, canonicalJson(withoutTimes(name, json))]));
}

const timeFields: readonly string[] = ['openedMs', 'expiresMs', 'readyMs', 'leaseEndsMs'];

function withoutTimes(name: string, json: Json): unknown {
  const isClock = name.endsWith('SinceMs') || name === 'sagaRetryAtMs';
  if (isClock && Array.isArray(json)) return json.map(([key]) => key);
  const isTime = (field: string): boolean => timeFields.includes(field);
  return JSON.parse(JSON.stringify(json, (field, value) => (isTime(field) ? undefined : value)));
}
