// After all faults: does everything settle (G16), and is it then the same everywhere (G3), and what the
// naive model makes of the history (G8)?
import {
  canonicalJson,
  foldToJson,
  isClosed,
  type Json,
  pendingOperations,
  type ReplicaState,
  statusOf,
} from '@causeway/core';
import { judgeHistory } from '../oracle/judge-history.ts';
import type { Workload } from '../workloads/workload.ts';
import type { SimulatedDevice, Tab } from '../world/device.ts';
import type { SimulatedHost } from '../world/simulated-host.ts';
import type { World } from '../world/world.ts';
import type { Checkers } from './all-checkers.ts';
import { wrongReports } from './compare-reports.ts';
import { guaranteeOf } from './guarantees.ts';

/** Everything that is under way has ended: nothing is pending, and the audit is at the head. */
export function isSettled(
  world: World,
  { outbox, primaryOf, replicaOf, truth }: Checkers,
): boolean {
  if (!outbox.isSettled || unsaid(world, primaryOf).length > 0) return false;
  for (const device of world.devices.values()) {
    if (device.tabs.length === 0) return false;
    for (const { handle, process } of device.tabs) {
      const replica = replicaOf.get(process);
      if (!handle || !replica || !isQuiet(replica, truth.entries.length)) return false;
    }
  }
  return true;
}

/** Who has found something that is not in the log yet: no replica knows of that. */
function unsaid(world: World, primaryOf: Checkers['primaryOf']): readonly string[] {
  const silent = new Set(silentAuditors(world));
  return [...primaryOf].flatMap(([process, { append, facts, position }]) => {
    const isOver = !process.isAlive || silent.has(process);
    if (isOver || (append === undefined && facts.length === 0)) return [];
    return [`${process.name}: at ${position}, ${JSON.stringify(facts)} to say`];
  });
}

/** Their session is over: what it had to say it never will. */
function* silentAuditors(world: World): Iterable<SimulatedHost> {
  for (const device of world.devices.values()) {
    for (const { auditor, client } of device.tabs) {
      if (auditor && client.status.current.auditor !== 'auditing') yield auditor;
    }
  }
}

function isQuiet(replica: ReplicaState, headPosition: number): boolean {
  const { mode, synced, audit } = statusOf(replica);
  const isOver = [...replica.fold.casesById.values()].every(
    ({ state }) => isClosed(state) || state === 'escalated',
  );
  const isSaga = [...replica.fold.sagas.open].some(
    (id) => replica.fold.sagas.byId.get(id)?.state !== 'stuck',
  );
  const hasAll = (replica.head?.position ?? 0) === headPosition;
  const isAnswered = replica.intents.size === 0;
  return (
    mode === 'connected' &&
    synced &&
    audit === 'current' &&
    hasAll &&
    isOver &&
    isAnswered &&
    !isSaga
  );
}

/** Says of each tab what it still waits for. */
export function describeUnsettled(world: World, checkers: Checkers): string {
  const lines: string[] = [];
  for (const device of world.devices.values()) {
    if (device.tabs.length === 0) lines.push(`${device.name}: no tab`);
    for (const tab of device.tabs) lines.push(describeTab(tab, checkers));
  }
  lines.push(...unsaid(world, checkers.primaryOf));
  const waiting = checkers.outbox.describe();
  if (waiting !== '') lines.push(`effects [${waiting}]`);
  return lines.join('; ');
}

function describeTab(
  { name, handle, failure, process }: Tab,
  { replicaOf, truth }: Checkers,
): string {
  const replica = replicaOf.get(process);
  if (!handle || !replica) return `${name}: not open (${String(failure ?? 'waiting')})`;
  if (isQuiet(replica, truth.entries.length)) return `${name}: settled`;
  const { mode, why, pending, audit, refused, storage } = statusOf(replica);
  const head = `${replica.head?.position ?? 0} of ${truth.entries.length}`;
  const names = pendingOperations(replica).map((operation) => operation.name);
  const cases = [...replica.fold.casesById.values()].map(({ state }) => state);
  return `${name}: ${mode} (${why}), ${pending} pending [${names}], audit ${audit}, at ${head}, refused ${refused}, ${storage}, cases [${cases}], ${replica.deciding.size} deciding, ${replica.intents.size} intents`;
}

/** Compares everybody with everybody, and with the model. */
export async function checkSettled(
  world: World,
  workload: Workload,
  checkers: Checkers,
): Promise<void> {
  const { findings, replicas, intents, checkpoints, outbox } = checkers;
  const history = await world.history();
  replicas.finish();
  intents.finish();
  checkpoints.finish(history);
  const verdict = judgeHistory(workload, history, { isSettled: true });
  for (const problem of verdict.problems) findings.report(guaranteeOf(problem), problem);
  outbox.finish(verdict, workload.model);
  const shown = new Map<string, string>();
  for (const device of world.devices.values()) {
    for (const tab of device.tabs) compareTab(device, tab, shown, checkers);
  }
  if (!workload.model) return;
  const expected = canonicalJson(verdict.content);
  for (const device of world.devices.values()) {
    for (const { handle, name } of device.tabs) {
      const real = handle && canonicalJson(workload.projection(handle.view));
      if (real === expected) continue;
      findings.report('G8', `${name} shows ${real}, the model says ${expected}`);
    }
  }
}

function compareTab(
  device: SimulatedDevice,
  { name, process }: Tab,
  shown: Map<string, string>,
  { findings, replicaOf, truth }: Checkers,
): void {
  const replica = replicaOf.get(process);
  if (!replica) return;
  for (const wrong of wrongReports(replica, truth)) findings.report('G29', `${name}: ${wrong}`);
  const facts: Readonly<Record<string, Json>> = {
    content: replica.document.content(),
    coordination: foldToJson(replica.fold),
  };
  for (const [what, json] of Object.entries(facts)) {
    const text = canonicalJson(json);
    const first = shown.get(what);
    if (first === undefined) shown.set(what, text);
    else if (first !== text) {
      findings.report('G3', `${name} of ${device.name}: ${what} ${text} is not ${first}`);
    }
  }
}
