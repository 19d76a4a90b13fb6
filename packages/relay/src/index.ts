// The public face of the relay.
export * from './create-relay.ts';
export { type DriverOptions, RelayDriver } from './drive.ts';
export { defaultLimits, publishedLimits, type RelayLimits } from './limits.ts';
export type { Link, LinkEvents } from './link.ts';
export { type LogReader, openLogReader } from './log/log-reader.ts';
export * from './log/log-store.ts';
export { openMemoryStore } from './log/memory-store.ts';
export { openSqliteStore } from './log/sqlite-store.ts';
export { awaitReady } from './primary/await-ready.ts';
export * from './primary/define-primary.ts';
export { type AppModules, loadApp, loadVersions } from './primary/load-app.ts';
export { readPrimaryApp } from './primary/primary-app.ts';

export * from './relay-event.ts';
export * from './relay-refusal.ts';
export type { Auditors } from './relay-state.ts';
