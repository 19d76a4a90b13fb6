// The public face of the relay.
export { AppChild } from './app-child/app-child.ts';
export { type AppRefused, awaitReady } from './app-child/await-ready.ts';
export { joinParent } from './app-child/join-parent.ts';
export { watchSilence } from './app-child/pulse.ts';
export * from './create-relay.ts';
export { type DriverOptions, RelayDriver } from './drive.ts';
export { defaultLimits, publishedLimits, type RelayLimits } from './limits.ts';
export type { Link, LinkEvents } from './link.ts';
export { type LogReader, openLogReader } from './log/log-reader.ts';
export * from './log/log-store.ts';
export { openMemoryStore } from './log/memory-store.ts';
export { openSqliteStore } from './log/sqlite-store.ts';
export * from './primary/define-primary.ts';
export { type AppModules, loadApp, loadVersions } from './primary/load-app.ts';
export { readPrimaryApp } from './primary/primary-app.ts';

export * from './relay-event.ts';
export * from './relay-refusal.ts';
export type { Auditors } from './relay-state.ts';
