// The session of a primary, for whoever runs one: a relay in a process of its own, or a client.
export {
  CheckpointKeeper,
  type CheckpointPace,
  type CheckpointPort,
  checkpointPauseMs,
} from './checkpoint-keeper.ts';
export * from './define-primary.ts';
export { PrimaryLink, type PrimaryLinkOptions } from './primary-link.ts';
export {
  type DocumentNews,
  PrimarySession,
  type PrimarySessionOptions,
} from './primary-session.ts';
