// The wire: messages, their bytes, and the faults of peers.
export * from './down.ts';
export * from './frame.ts';
export * from './split.ts';
export * from './up.ts';
export * from './version.ts';
export * from './wire-limits.ts';
