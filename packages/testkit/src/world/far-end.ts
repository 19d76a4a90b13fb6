// Whom the primary's handlers act on: the card processor, the mail service. It is another machine: what
// reached it happens, whether or not the primary lives to hear of it.
import type { App, Json, OperationId } from '@causeway/core';
import type { PrimaryCall, PrimaryHandler } from '@causeway/primary';
import type { Random } from '../random.ts';
import type { SimulatedHost } from './simulated-host.ts';
import type { Timeline } from './timeline.ts';

/** One call of a handler, as the far end saw it. */
export interface HandlerCall {
  readonly name: string;
  readonly key: string;
  readonly attempt: number;
  readonly operation: OperationId;
  readonly payload: unknown;
  readonly atMs: number;
  /** The primary that called. */
  readonly process: SimulatedHost;
  /** When it was done there; undefined: not yet, or never. */
  actedMs: number | undefined;
  /** What the primary was told, and when; undefined: nothing yet, or nobody lived to hear it. */
  answer: { readonly atMs: number; readonly receipt?: Json } | undefined;
}

export interface FarEndFaults {
  latencyMs: { from: number; to: number };
  /** Chance of a call that is refused, and of one that is done and whose answer is lost. */
  failures: number;
  /** Chance of a call that takes far longer than anybody waits. */
  slowness: number;
  /** Chance that the primary dies while it waits for the answer. */
  crashes: number;
}

const well: FarEndFaults = {
  latencyMs: { from: 1, to: 20 },
  failures: 0,
  slowness: 0,
  crashes: 0,
};

export class FarEnd {
  faults: FarEndFaults = well;
  /** Every call, in the order in which they came. */
  readonly calls: HandlerCall[] = [];
  /** Every act, in the order in which they were done: a call may be none. */
  readonly handled: HandlerCall[] = [];
  private readonly o: {
    readonly app: App;
    readonly timeline: Timeline;
    readonly random: Random;
    readonly onCall: (call: HandlerCall) => void;
    readonly onHandled: (call: HandlerCall) => void;
  };

  constructor(o: FarEnd['o']) {
    this.o = o;
  }

  /** It is quick and reliable from now on. */
  heal(): void {
    this.faults = well;
  }

  /** A handler for each effect at the primary, for one process of it. */
  handlers(process: SimulatedHost, crash: () => void): Readonly<Record<string, PrimaryHandler>> {
    const declared = Object.entries(this.o.app.definition.effects);
    const own = declared.filter(([, { runs }]) => runs === 'primary');
    return Object.fromEntries(
      own.map(([name, { withinMs = 30_000 }]) => {
        const handler: PrimaryHandler = (payload, call) =>
          this.answer({ name, payload, call, withinMs, process, crash });
        return [name, handler] as const;
      }),
    );
  }

  private answer(o: {
    readonly name: string;
    readonly payload: unknown;
    readonly call: PrimaryCall;
    readonly withinMs: number;
    readonly process: SimulatedHost;
    readonly crash: () => void;
  }): Promise<unknown> {
    const { timeline, random } = this.o;
    const { key, attempt, operation } = o.call;
    const call: HandlerCall = {
      ...{ name: o.name, key, attempt, operation, payload: o.payload },
      ...{ atMs: timeline.nowMs, process: o.process, actedMs: undefined, answer: undefined },
    };
    this.calls.push(call);
    this.o.onCall(call);
    const { latencyMs: range, slowness, failures, crashes } = this.faults;
    const isSlow = random.chance(slowness);
    const usualMs = range.from + random.next() * (range.to - range.from);
    const latencyMs = isSlow ? o.withinMs * (0.5 + 3 * random.next()) : usualMs;
    const fails = random.chance(failures);
    const isRefused = fails && random.chance(0.5);
    if (!isRefused) timeline.after(latencyMs / 2, () => this.act(call));
    if (random.chance(crashes)) timeline.after(random.next() * latencyMs, o.crash);
    return new Promise((resolve, reject) => {
      o.process.after(latencyMs, () => {
        const receipt = { number: this.handled.length, attempt };
        call.answer = { atMs: timeline.nowMs, ...(!fails && { receipt }) };
        if (fails) reject(new Error(isRefused ? 'simulated: refused' : 'simulated: answer lost'));
        else resolve(receipt);
      });
    });
  }

  private act(call: HandlerCall): void {
    call.actedMs = this.o.timeline.nowMs;
    this.handled.push(call);
    this.o.onHandled(call);
  }
}
