// Long random runs of escrow: devices that go silent and come back, die, freeze and are copied, a line
// that loses acknowledgements, and a primary whose clock decides. After each step the ledger must add up
// and agree with the naive twin.
import {
  assertIdentity,
  type Bounds,
  canGiveBack,
  credit,
  draw,
  type GrantId,
  giveBack,
  grantRights,
  intervalOf,
  type OperationId,
  openRights,
  type ReplicaId,
  type RightsFact,
  type RightsLedger,
  reclaim,
  refillAmount,
  rightsFromJson,
  rightsToJson,
  type SpendOutcome,
  spendRights,
} from '@causeway/core';
import { Random } from '@causeway/testkit';
import { Device, place } from './escrow-device.ts';
import { EscrowOracle } from './escrow-oracle.ts';

export interface RunResult {
  /** The least of value − min, over all steps. */
  readonly lowest: number;
  readonly counts: Readonly<Record<string, number>>;
  /** Rights that are still out at the end: leaked, if their holders never return. */
  readonly out: number;
}

interface Policy {
  readonly reclaim: Bounds['reclaim'];
  /** Without clones every promise of `firm` and `bounded` must hold. */
  readonly hasClones: boolean;
}

/** Plays one run. Throws when the ledger or the twin finds something wrong. */
export function playRun(seed: number, steps: number, policy: Policy): RunResult {
  const run = new EscrowRun(new Random(seed, 'escrow run'), policy);
  for (let step = 0; step < steps; step++) run.step();
  return run.result();
}

/** Plays the runs of the seeds from 1 on and adds up what happened. */
export function playRuns({
  runs,
  steps,
  ...policy
}: Policy & { readonly runs: number; readonly steps: number }) {
  const results = Array.from({ length: runs }, (_, at) => playRun(at + 1, steps, policy));
  const counts: Record<string, number> = {};
  for (const result of results) {
    for (const [what, n] of Object.entries(result.counts)) counts[what] = (counts[what] ?? 0) + n;
  }
  return {
    lowest: Math.min(...results.map(({ lowest }) => lowest)),
    belowBound: results.filter(({ lowest }) => lowest < 0).length,
    out: results.reduce((sum, { out }) => sum + out, 0),
    counts,
  };
}

class EscrowRun {
  private readonly random: Random;
  private readonly policy: Policy;
  private readonly bounds: Bounds;
  private ledger: RightsLedger;
  private readonly oracle: EscrowOracle;
  private devices: Device[];
  private readonly log: RightsFact[] = [];
  private readonly counts: Record<string, number> = {};
  /** Whatever is free is sold at once: late spends find nothing that covers them. */
  private readonly isScarce: boolean;
  private nowMs = 0;
  private ids = 0;
  private lowest = Number.POSITIVE_INFINITY;

  constructor(random: Random, policy: Policy) {
    this.random = random;
    this.policy = policy;
    this.bounds = { min: random.pick([0, 3, -5]), reclaim: policy.reclaim };
    this.isScarce = random.chance(0.5);
    const value = this.bounds.min + random.between(0, 40);
    this.ledger = openRights(this.bounds, value);
    this.oracle = new EscrowOracle(value);
    this.devices = Array.from({ length: random.between(3, 6) }, () => this.newDevice());
  }

  step(): void {
    this.nowMs += this.random.below(1_000);
    const device = this.random.pick(this.devices);
    this.act(device, this.random.next());
    this.check();
  }

  result(): RunResult {
    const out = this.ledger.value - intervalOf(this.ledger).low;
    return { lowest: this.lowest, counts: this.counts, out };
  }

  private act(device: Device, wish: number): void {
    if (wish < 0.03) device.isOnline = !device.isOnline;
    else if (wish < 0.35) this.spend(device);
    else if (wish < 0.65) this.push(device);
    else if (wish < 0.78) this.refill(device);
    else if (wish < 0.81) this.returnGrants(device);
    else if (wish < 0.89) this.takeBack();
    else if (wish < 0.97) this.credit(this.random.between(1, 5));
    else if (wish < 0.985) this.draw(this.random.between(1, 4));
    else if (wish < 0.988) this.restart();
    else if (wish < 0.99) this.copyOrLose(device);
    else if (device.frozen.length > 0) device.queue.push(...device.frozen.splice(0));
  }

  private spend(device: Device): void {
    const operation = `o${this.ids++}` as OperationId;
    const fate = this.random.chance(0.9) ? 'saved' : this.random.pick(['died', 'froze'] as const);
    const amount = this.random.between(1, 4);
    if (device.spend(amount, operation, fate)) this.note(`promised ${fate}`, amount);
    else this.note('no rights here');
  }

  private push(device: Device): void {
    const [spend] = device.queue;
    if (!device.isOnline || !spend) return;
    const outcome = spendRights(this.ledger, spend);
    this.oracle.judged(spend, outcome);
    this.noteOutcome(outcome);
    if (outcome.type === 'void' && outcome.isNewFork && outcome.grant !== undefined) {
      this.log.push({ fact: 'grant-closed', grant: outcome.grant, why: 'forked' });
    }
    if (this.random.chance(0.2)) return this.note('acknowledgement lost');
    device.acknowledge();
  }

  private noteOutcome(outcome: SpendOutcome): void {
    if (outcome.type === 'void') this.note(outcome.reason);
    else if (outcome.type === 'spent') this.note(outcome.late ? 'late spend' : 'spent');
    else this.note('duplicate');
    const isBroken = outcome.type === 'void' && outcome.reason !== 'too-late';
    if (isBroken && !this.policy.hasClones) throw new Error(`honest, and void: ${outcome.reason}`);
  }

  private refill(device: Device): void {
    if (!device.isOnline) return;
    device.pull(this.log);
    const asked = refillAmount(device.holding(), { lowWater: 3, target: 10 });
    const amount = Math.min(asked, this.ledger.pool);
    if (amount < 1) return;
    const id = `g${this.ids++}` as GrantId;
    const order = { id, holder: device.replica, amount, expiresMs: this.nowMs + 60_000 };
    const outcome = grantRights(this.ledger, order);
    this.note(outcome);
    if (outcome === 'forked-holder') return device.becomeAnother(this.newReplica());
    if (outcome !== 'granted') throw new Error(`the pool had enough: ${outcome}`);
    this.oracle.granted(order);
    this.log.push({ fact: 'grant', grant: id, holder: device.replica, amount, ...place });
    device.pull(this.log);
  }

  private returnGrants(device: Device): void {
    if (!device.isOnline) return;
    // One that comes back late may not know yet that its grant was reclaimed.
    if (this.random.chance(0.5)) device.pull(this.log);
    for (const { id } of device.holding().grants) {
      if (!canGiveBack(id, device.rows) || !device.hasSent(id)) continue;
      device.givenBack.add(id);
      const outcome = giveBack(this.ledger, { id, holder: device.replica });
      this.note(outcome);
      if (outcome !== 'returned') continue;
      this.oracle.ended(id, 'closed');
      this.log.push({ fact: 'grant-closed', grant: id, why: 'returned' });
    }
  }

  private takeBack(): void {
    const live = [...this.ledger.liveById.keys()];
    if (live.length === 0) return;
    const id = this.random.pick(live);
    const outcome = reclaim(this.ledger, { id, nowMs: this.nowMs });
    this.note(outcome);
    if (outcome !== 'reclaimed') return;
    if (this.policy.reclaim === 'firm') throw new Error('firm never reclaims');
    this.oracle.ended(id, 'reclaimed');
    this.log.push({ fact: 'grant-closed', grant: id, why: 'reclaimed' });
  }

  private credit(amount: number): void {
    if (this.isScarce && this.random.chance(0.8)) return this.draw(this.ledger.pool);
    // Stock that grows without end would never be scarce.
    if (this.ledger.value - this.bounds.min > 60) return this.draw(this.random.between(10, 30));
    credit(this.ledger, amount);
    this.oracle.value += amount;
  }

  private draw(amount: number): void {
    const outcome = draw(this.ledger, amount);
    this.note(outcome);
    if (outcome === 'drawn') this.oracle.value -= amount;
  }

  /** A new primary goes on from the checkpoint. */
  private restart(): void {
    const { parse, stringify } = JSON;
    this.ledger = rightsFromJson(parse(stringify(rightsToJson(this.ledger))));
  }

  private copyOrLose(device: Device): void {
    if (this.random.chance(0.5) && this.policy.hasClones && this.devices.length < 9) {
      this.devices.push(device.copy());
      this.note('copied');
    } else {
      this.devices = [...this.devices.filter((one) => one !== device), this.newDevice()];
      this.note('wiped');
    }
  }

  private check(): void {
    const { value, bounds } = this.ledger;
    assertIdentity(this.ledger, this.oracle.value);
    this.lowest = Math.min(this.lowest, value - bounds.min);
    const isBounded = typeof bounds.reclaim === 'object';
    const least =
      typeof bounds.reclaim === 'object' ? bounds.min - bounds.reclaim.bounded : bounds.min;
    // Even if all that is out comes in at once.
    const worst = this.oracle.lowest({ countsLate: isBounded });
    if (worst < least) throw new Error(`${worst} may come, ${least} is the least`);
    if (intervalOf(this.ledger).low !== worst) throw new Error('the interval is another one');
  }

  private newDevice(): Device {
    return new Device(this.newReplica());
  }
  private newReplica(): ReplicaId {
    return `r${this.ids++}` as ReplicaId;
  }
  private note(what: string, times = 1): void {
    this.counts[what] = (this.counts[what] ?? 0) + times;
  }
}
