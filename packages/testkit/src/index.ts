// The simulated world and what is checked in it, for this project's own tests and for applications'.

export * from './checkers/all-checkers.ts';
export * from './checkers/guarantees.ts';
export { checkSettled, describeUnsettled, isSettled } from './checkers/settled.ts';
export { describeCoverage } from './explore/coverage.ts';
export * from './explore/plan.ts';
export * from './explore/run-plan.ts';
export * from './explore/shrink.ts';
export * from './oracle/judge-history.ts';
export { type CheckName, checkNames } from './oracle/problem.ts';
export { Random } from './random.ts';
export * from './workloads/all.ts';
export * from './workloads/random-app.ts';
export { type TripApp, trips } from './workloads/trips.ts';
export * from './workloads/workload.ts';
export * from './world/device.ts';
export { Disk, type DiskFaults } from './world/disk.ts';
export * from './world/far-end.ts';
export type { LineFaults } from './world/line.ts';
export { Line } from './world/network.ts';
export { SimulatedRelay } from './world/relay.ts';
export { SimulatedHost } from './world/simulated-host.ts';
export * from './world/world.ts';
