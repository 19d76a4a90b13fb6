// What a client needs of an auditor. Who gives it none pays nothing: the code that audits is a module of
// its own, `@causeway/client/auditor`.
import type { App, DocumentId } from '@causeway/core';
import type { LineOptions } from './line-options.ts';

/**
 * `waiting`: its link is not open. `auditing`: it follows the open documents, and proposes.
 * `not-permitted`: the relay audits by itself, or believes no clients (`causeway serve --clients-audit`).
 * `outdated`: a newer version of the application was at work: reload the page. `failed`: the
 * application's code threw on a document; tried again with the next link.
 */
export type AuditorState = 'waiting' | 'auditing' | 'not-permitted' | 'outdated' | 'failed';

export interface AuditorSetup extends LineOptions {
  readonly app: App;
  /** `state` or `failure` is another. */
  readonly changed: () => void;
}

/** Rests until it is told `wentOnline`. */
export interface Auditor {
  readonly state: AuditorState;
  /** Of `failed`: what was thrown. */
  readonly failure: string | undefined;
  announce(document: DocumentId): void;
  leave(document: DocumentId): void;
  tell(input: { readonly type: 'wentOnline' | 'wentOffline' | 'hinted' }): void;
  stop(): void;
}

/** Made by `createAuditor` of `@causeway/client/auditor`. */
export type StartAuditor = (setup: AuditorSetup) => Auditor;
