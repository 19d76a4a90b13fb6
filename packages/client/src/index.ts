// The client library: what applications in a browser import.
export { type ConnectOptions, connect } from './connect.ts';
export { indexedDbStore } from './indexeddb-store.ts';
export type { Live } from './live.ts';
export { createMemoryDatabase, type MemoryDatabase, memoryStore } from './memory-store.ts';
export type { ClientPlatform } from './platform.ts';
export { type ReplicaStore, StoreFailure } from './store.ts';
export * from './types.ts';
