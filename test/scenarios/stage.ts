// Where a scenario is played: a simulated world with devices A, B and C that have the document open,
// all checkers on, and the few acts that scenarios are written in.
import { AssertionError } from 'node:assert';
import type { ArgsOf, OperationName, RunOptions } from '@causeway/client';
import type {
  App,
  CaseRecord,
  Json,
  LinkBounds,
  Outcome,
  Refused,
  ReplicaState,
} from '@causeway/core';
import { canonicalJson } from '@causeway/core';
import type { Checkers, People, SimulatedDevice, Tab, Workload } from '@causeway/testkit';
import {
  attachCheckers,
  checkSettled,
  describeProblem,
  describeUnsettled,
  isSettled,
  World,
} from '@causeway/testkit';
import { expectEqual, expectThat } from './expect-equal.ts';

export interface Setting<A extends App> {
  readonly app: A;
  /** What the checkers compare the history with; without it only edits and rule-free operations pass. */
  readonly judge: Pick<Workload, 'model' | 'projection'>;
  readonly devices?: readonly string[];
  /** Who sits at them, and what they may decide. */
  readonly people?: People;
  readonly bounds?: Partial<LinkBounds>;
  /** Those of them that audit, at a relay without a primary. */
  readonly auditors?: readonly string[];
}

/** A cut is noticed soon, and a healed line is dialled soon: scenarios are about what follows. */
const quickBounds: Partial<LinkBounds> = {
  fixedMs: 500,
  idleProbeMs: 2_000,
  connectMs: 2_000,
  retryCeilingMs: 1_000,
};
const noticeWithinMs = 60_000;
const settleWithinMs = 15 * 60_000;

export class Stage<A extends App = App> {
  readonly world: World<A>;
  readonly checkers: Checkers;
  readonly seed: number;
  readonly isReloaded: boolean;
  private readonly setting: Setting<A>;

  private constructor(
    world: World<A>,
    checkers: Checkers,
    o: { readonly setting: Setting<A>; readonly seed: number; readonly isReloaded: boolean },
  ) {
    this.world = world;
    this.checkers = checkers;
    this.setting = o.setting;
    this.seed = o.seed;
    this.isReloaded = o.isReloaded;
  }

  /** Resolves when every device has the document open, and is connected and synced. */
  static async open<A extends App>(
    setting: Setting<A>,
    how: { readonly seed: number; readonly isReloaded: boolean },
  ): Promise<Stage<A>> {
    const bounds = { ...quickBounds, ...setting.bounds };
    const { app, auditors, people } = setting;
    const who = { ...(people && { people }), ...(auditors && { auditors }) };
    const world = new World<A>({ app, seed: how.seed, bounds, ...who });
    const checkers = await attachCheckers(erased(world), { graceMs: noticeWithinMs });
    const stage = new Stage(world, checkers, { setting, ...how });
    for (const name of setting.devices ?? ['A', 'B', 'C']) world.addDevice(name);
    for (const device of world.devices.values()) await stage.caughtUp(device);
    return stage;
  }

  /** Another stage with the same setting and seed, for a comparison. Its player finishes it. */
  again(): Promise<Stage<A>> {
    return Stage.open(this.setting, this);
  }

  get a(): SimulatedDevice<A> {
    return this.world.device('A');
  }
  get b(): SimulatedDevice<A> {
    return this.world.device('B');
  }
  get c(): SimulatedDevice<A> {
    return this.world.device('C');
  }
  /** What the relay's log really holds. */
  get truth(): Checkers['truth'] {
    return this.checkers.truth;
  }

  /** Runs an operation that is accepted, and returns its id once it is saved. */
  async run<O extends OperationName<A>>(
    at: SimulatedDevice<A> | Tab<A>,
    name: O,
    args: ArgsOf<A, O>,
    o: RunOptions = {},
  ): Promise<string> {
    const receipt = handleOf(at).run(name, args, o);
    const answer = await this.world.until(receipt.saved);
    expectThat(
      `${at.name} accepts ${name} ${JSON.stringify(args)}`,
      answer.type === 'saved',
      answer,
    );
    return receipt.id;
  }

  /** Runs an operation that is refused, and returns the refusal. */
  async refused<O extends OperationName<A>>(
    at: SimulatedDevice<A> | Tab<A>,
    name: O,
    args: ArgsOf<A, O>,
  ): Promise<Refused> {
    const answer = await this.world.until(handleOf(at).run(name, args).saved);
    if (answer.type === 'refused') return answer;
    throw new AssertionError({ message: `${at.name} accepted ${name} ${JSON.stringify(args)}` });
  }

  /** Names of what this device has not committed yet, oldest first. */
  pending(device: SimulatedDevice<A>): readonly string[] {
    return device.handle.pending.current.map(({ name }) => name);
  }

  cases(device: SimulatedDevice<A>): readonly CaseRecord[] {
    return device.handle.cases.current;
  }

  /** The whole document of this device in its canonical form: equal text, equal content. */
  content(device: SimulatedDevice<A>): string {
    return canonicalJson(stateOf(this, device).document.content());
  }

  /** What became of an operation, as its device tells it. */
  async outcome(device: SimulatedDevice<A>, id: string): Promise<Outcome> {
    const receipt = device.handle.receipt(id);
    if (!receipt) throw new AssertionError({ message: `${device.name} knows nothing of ${id}` });
    return this.world.until(receipt.outcome, settleWithinMs);
  }

  /** Nothing passes in either direction; resolves when each of them has noticed. */
  async cut(...devices: readonly SimulatedDevice<A>[]): Promise<void> {
    for (const { line } of devices) line.cut('up', 'down');
    for (const device of devices) {
      await this.until(`${device.name} notices the cut`, () => modeOf(device) === 'partitioned');
    }
  }

  /** A fresh tab over the same disk. What was pending is pending still, or committed by now. */
  async reload(device: SimulatedDevice<A>): Promise<void> {
    const waiting = (): ReadonlySet<string> => {
      const shown = device.tabs.flatMap(({ handle }) => handle?.pending.current ?? []);
      return new Set(shown.map(({ id }) => id));
    };
    const before = waiting();
    const tab = device.reload();
    await this.until(`${device.name} opens again`, () => tab.handle !== undefined);
    const after = waiting();
    const changed = [...before, ...after].filter((id) => before.has(id) !== after.has(id));
    const lost = changed.filter((id) => !this.truth.positionByOperation.has(id));
    expectEqual(`pending on ${device.name} before a reload or after, and not both`, lost, []);
  }

  /** Where this run is one with reloads: the moment just before a heal. */
  async beforeHeal(device: SimulatedDevice<A>): Promise<void> {
    if (this.isReloaded) await this.reload(device);
  }

  /** The line works again; resolves when the device has everything and everything is audited. */
  async heal(device: SimulatedDevice<A>): Promise<void> {
    await this.beforeHeal(device);
    await this.healLine(device);
  }

  /** As `heal`, where the moment before it was taken already. */
  async healLine(device: SimulatedDevice<A>): Promise<void> {
    device.line.heal();
    await this.caughtUp(device);
  }

  async caughtUp(device: SimulatedDevice<A>): Promise<void> {
    await this.until(`${device.name} is connected and has everything`, () => {
      const status = device.tab?.handle?.status.current;
      return status?.mode === 'connected' && status.synced && status.audit === 'current';
    });
  }

  /** Lets time pass until it is so. Throws where it does not become so. */
  async until(what: string, isSo: () => boolean, withinMs = noticeWithinMs): Promise<void> {
    if (await this.world.advanceUntil(isSo, withinMs)) return;
    const waiting = describeUnsettled(erased(this.world), this.checkers);
    throw new AssertionError({
      message: `within ${withinMs} ms it is not so: ${what} (${waiting})`,
    });
  }

  /** Nobody is audited before it is so: the primary dies as often as it starts. */
  async withoutPrimary(what: string, isSo: () => boolean): Promise<void> {
    const endMs = this.world.nowMs + noticeWithinMs;
    while (!isSo()) {
      expectThat(what, this.world.nowMs < endMs);
      this.world.relay.crashPrimary();
      await this.world.advance(1);
    }
  }

  /** Resolves when nothing is under way anywhere: all committed, audited, every case closed. */
  async settle(): Promise<void> {
    const isDone = (): boolean => isSettled(erased(this.world), this.checkers);
    await this.until('everything settles', isDone, settleWithinMs);
  }

  /** The last word: all agree, with the log, with a newcomer and with the model; no checker objects. */
  async finish(): Promise<void> {
    await this.settle();
    await this.caughtUp(this.world.addDevice('newcomer'));
    await this.settle();
    const { app, judge, people } = this.setting;
    const who = people && { people };
    const workload: Workload = { name: app.name, app, ...judge, ...who, draw: nobodyDraws };
    await checkSettled(erased(this.world), workload, this.checkers);
    const { problems } = this.checkers.findings;
    expectEqual('what the checkers found', problems.map(describeProblem), []);
    expectEqual('what threw', this.world.broken, []);
  }

  /** The same error with what the checkers had found by then. */
  withFindings(error: unknown): Error {
    const found = this.checkers.findings.problems.map(describeProblem);
    const notes = [...found, ...this.world.broken].map((line) => `\n  also: ${line}`).join('');
    const message = error instanceof Error ? error.message : String(error);
    return new Error(`${message}${notes}`, { cause: error });
  }
}

/** For documents whose operations can break no rule: nothing to model. */
export const rulesNothing: Setting<App>['judge'] = { projection: (): Json => null };

/** The machine behind the first tab of a device. */
export function stateOf<A extends App>(
  { checkers }: Stage<A>,
  device: SimulatedDevice<A>,
): ReplicaState {
  const process = device.tab?.process;
  const replica = process && checkers.replicaOf.get(process);
  if (!replica) throw new Error(`${device.name} has no tab`);
  return replica;
}

export function modeOf<A extends App>(device: SimulatedDevice<A>): string | undefined {
  return device.tab?.handle?.status.current.mode;
}

function handleOf<A extends App>(at: SimulatedDevice<A> | Tab<A>): SimulatedDevice<A>['handle'] {
  if (!at.handle) throw new Error(`${at.name}: the document is not open`);
  return at.handle;
}

/** The checkers take any world: they read, and know nothing of its application's types. */
function erased<A extends App>(world: World<A>): World {
  return world as unknown as World;
}

function nobodyDraws(): never {
  throw new Error('in a scenario everybody acts by the script');
}
