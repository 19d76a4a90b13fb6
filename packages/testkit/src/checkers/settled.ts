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
import type { World } from '../world/world.ts';
import type { Checkers } from './all-checkers.ts';

/** Everything that is under way has ended: nothing is pending, and the audit is at the head. */
export function isSettled(world: World, { replicaOf, truth }: Checkers): boolean {
  for (const device of world.devices.values()) {
    if (device.tabs.length === 0) return false;
    for (const { handle, process } of device.tabs) {
      const replica = replicaOf.get(process);
      if (!handle || !replica || !isQuiet(replica, truth.entries.length)) return false;
    }
  }
  return true;
}

function isQuiet(replica: ReplicaState, headPosition: number): boolean {
  const { mode, synced, audit } = statusOf(replica);
  const isOver = [...replica.fold.casesById.values()].every(
    ({ state }) => isClosed(state) || state === 'escalated',
  );
  const hasAll = (replica.head?.position ?? 0) === headPosition;
  return mode === 'connected' && synced && audit === 'current' && hasAll && isOver;
}

/** Says of each tab what it still waits for. */
export function describeUnsettled(world: World, checkers: Checkers): string {
  const lines: string[] = [];
  for (const device of world.devices.values()) {
    if (device.tabs.length === 0) lines.push(`${device.name}: no tab`);
    for (const tab of device.tabs) lines.push(describeTab(tab, checkers));
  }
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
  return `${name}: ${mode} (${why}), ${pending} pending [${names}], audit ${audit}, at ${head}, refused ${refused}, ${storage}, cases [${cases}], ${replica.deciding.size} deciding`;
}

/** Compares everybody with everybody, and with the model. */
export async function checkSettled(
  world: World,
  workload: Workload,
  checkers: Checkers,
): Promise<void> {
  const { findings, replicas } = checkers;
  replicas.finish();
  const verdict = judgeHistory(workload, await world.history(), { isSettled: true });
  for (const problem of verdict.problems) findings.report('G8', problem);
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
  { findings, replicaOf }: Checkers,
): void {
  const replica = replicaOf.get(process);
  if (!replica) return;
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
