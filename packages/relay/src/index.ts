// The public face of the relay.
export * from './create-relay.ts';
export { defaultLimits, type RelayLimits } from './limits.ts';
export { type LogReader, openLogReader } from './log/log-reader.ts';
export * from './log/log-store.ts';
export { openMemoryStore } from './log/memory-store.ts';
export { openSqliteStore } from './log/sqlite-store.ts';
export * from './relay-event.ts';
export * from './relay-refusal.ts';
