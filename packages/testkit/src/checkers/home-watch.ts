// Keys that are held: whoever is asked for one gives it back as soon as it hears of it, and whoever is
// not heard of loses it when its lease has ended (G21). That nobody else acts meanwhile the oracle sees.
import type { AnyCell, ObservedStep, PrimaryState, ReplicaState } from '@causeway/core';
import type { SimulatedHost } from '../world/simulated-host.ts';
import type { Watcher } from '../world/world.ts';
import type { Evidence } from './evidence.ts';

/** Whoever reserves waits for the default lease, or for a longer one of the table. */
const reservingMs = 60_000;
/** Timers are rounded, and a recall is heard of only when it comes back from the log. */
const slackMs = 1_000;

export class HomeWatch implements Watcher {
  /** By primary: since when it knows of each recall, as `key operation`. */
  private readonly recalledSinceMs = new WeakMap<PrimaryState, Map<string, number>>();
  private readonly o: Evidence;

  constructor(o: Evidence) {
    this.o = o;
  }

  onStep(process: SimulatedHost, { machine, state }: ObservedStep): void {
    if (machine === 'replica') this.checkAnswer(process, state as ReplicaState);
    if (machine === 'primary') this.checkLease(state as PrimaryState);
  }

  private checkAnswer(process: SimulatedHost, replica: ReplicaState): void {
    const { fold, author, intents, mode } = replica;
    if (fold.recalled.size === 0 || mode !== 'connected') return;
    for (const key of fold.recalled.keys()) {
      if (!fold.homes.get(key)?.has(author.replica)) continue;
      const isGivingBack = [...intents.values()].some(({ intent: { name, args } }) => {
        const isAbout = typeof args === 'object' && args !== null && 'key' in args;
        return name === 'causeway.release' && isAbout && args['key'] === key;
      });
      if (isGivingBack) continue;
      this.o.findings.report('G21', `${process.name} was asked for ${key} and does not give it`);
    }
  }

  /** What it appends may be refused and tried again: only one that waits is judged. */
  private checkLease(primary: PrimaryState): void {
    const { fold, intents, append } = primary;
    const { nowMs } = this.o.world;
    const before = this.recalledSinceMs.get(primary);
    const since = new Map<string, number>();
    for (const [key, operation] of fold.recalled) {
      const needer = intents.get(operation)?.operation.name;
      if (needer === undefined) continue; // Nobody needs it any more.
      const name = `${key} ${operation}`;
      const sinceMs = before?.get(name) ?? nowMs;
      since.set(name, sinceMs);
      const leaseMs = leaseOf(primary, needer);
      if (append || nowMs - sinceMs <= leaseMs + slackMs) continue;
      const holders = [...(fold.homes.get(key)?.keys() ?? [])].join(' and ');
      const waitedMs = Math.round(nowMs - sinceMs);
      this.o.findings.report('G21', `${operation} waits for ${key} of ${holders} ${waitedMs} ms`);
    }
    this.recalledSinceMs.set(primary, since);
  }
}

/** The longest that the table promises to a holder against this operation. */
function leaseOf({ definition }: PrimaryState, operation: string): number {
  const row = definition.policy[operation];
  if (!row) return reservingMs;
  const leases = Object.values(row as Readonly<Record<string, unknown>>).map((cell) => {
    const { home } = (typeof cell === 'object' ? cell : undefined) as Partial<AnyCell>;
    return home?.leaseMs ?? 0;
  });
  return Math.max(...leases);
}
