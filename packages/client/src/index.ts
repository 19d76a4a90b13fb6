// The client library: what applications in a browser import.
export type { Auditor, AuditorSetup, AuditorState, StartAuditor } from './auditor-port.ts';
export type { CloseSafety, WarnBeforeClose } from './close-safety.ts';
export { connect } from './connect.ts';
export type { ConnectOptions } from './connect-options.ts';
export type { Inbox } from './inbox.ts';
export { indexedDbStore } from './indexeddb-store.ts';
export type { Live } from './live.ts';
export { createMemoryDatabase, type MemoryDatabase, memoryStore } from './memory-store.ts';
export type { Notice, Notices } from './notice-book.ts';
export type { ClientPlatform } from './platform.ts';
export type { Receipt } from './receipt.ts';
export { reportToMarkdown } from './report-markdown.ts';
export * from './status-signs.ts';
export { type ReplicaStore, StoreFailure, waitsForDisk } from './store.ts';
export * from './types.ts';
export type { WorkSurface } from './work-surface.ts';
