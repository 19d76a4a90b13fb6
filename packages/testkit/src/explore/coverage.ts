// What the runs really reached: modes × inputs, and modes × faults. A fault that was never met in a
// state proves nothing about it.
import type { ObservedStep, ReplicaState } from '@causeway/core';
import type { Deed } from './plan.ts';

export class Coverage {
  readonly counts = new Map<string, number>();

  note({ machine, input, state }: ObservedStep, active: ReadonlySet<Deed>): void {
    if (machine !== 'replica') {
      this.add(`${machine} input ${input.type}`);
      return;
    }
    const { mode } = state as ReplicaState;
    this.add(`replica ${mode} input ${input.type}`);
    for (const fault of active) this.add(`replica ${mode} fault ${fault}`);
  }

  merge(other: ReadonlyMap<string, number>): void {
    for (const [name, count] of other) this.counts.set(name, (this.counts.get(name) ?? 0) + count);
  }

  private add(name: string): void {
    this.counts.set(name, (this.counts.get(name) ?? 0) + 1);
  }
}

const modes = ['connected', 'suspect', 'partitioned', 'recovering'] as const;

/** A table for people: one line per input and per fault, one column per mode; 0 is shown as a dot. */
export function describeCoverage(counts: ReadonlyMap<string, number>): string {
  const lines = [`${''.padEnd(26)}${modes.map((mode) => mode.padStart(12)).join('')}`];
  for (const kind of ['input', 'fault'] as const) {
    const names = new Set<string>();
    for (const name of counts.keys()) {
      const [machine, , what, last] = name.split(' ');
      if (machine === 'replica' && what === kind && last) names.add(last);
    }
    for (const name of [...names].sort()) {
      const cells = modes.map((mode) => counts.get(`replica ${mode} ${kind} ${name}`) ?? 0);
      lines.push(
        `${name.padEnd(26)}${cells.map((n) => (n || '·').toString().padStart(12)).join('')}`,
      );
    }
  }
  return lines.join('\n');
}
