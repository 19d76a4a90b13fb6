// What the owner of a running relay may want to know. None of it stops the relay but `failed`.
import type { DocumentId } from '@causeway/core';
import type { LogFailure } from './log/log-store.ts';

export type RelayEvent =
  /** The log refused to read or write; whoever asked was told. */
  | { readonly type: 'storage-failed'; readonly failure: LogFailure }
  /** A peer broke a rule of the transport, or its connection failed. */
  | { readonly type: 'link-failed'; readonly error: Error }
  | { readonly type: 'request-failed'; readonly error: unknown }
  /** The process of the app died or hung, and was started again. */
  | {
      readonly type: 'primary-restarted';
      readonly reason: string;
      readonly document: DocumentId | undefined;
    }
  /** This document brought the primary down twice: it is served, but no longer audited. */
  | {
      readonly type: 'primary-unavailable';
      readonly reason: string;
      readonly document: DocumentId;
    }
  /** The application's `onEscalation` failed; the case waits for people all the same. */
  | {
      readonly type: 'escalation-failed';
      readonly reason: string;
      readonly document: DocumentId;
    }
  /** Which application audits could not be written down; everything else goes on. */
  | { readonly type: 'app-not-noted'; readonly reason: string }
  /** A bug in the relay: it has stopped. */
  | { readonly type: 'failed'; readonly error: unknown };

/** One line for a terminal or a log file; no content of documents is in it. */
export function describeEvent(event: RelayEvent): string {
  switch (event.type) {
    case 'storage-failed':
      return `the log failed (${event.failure.code}): ${event.failure.message}`;
    case 'link-failed':
      return `a link failed: ${event.error.message}`;
    case 'request-failed':
      return `a request failed: ${String(event.error)}`;
    case 'primary-restarted':
      return `the primary was restarted${about(event.document)}: ${event.reason}`;
    case 'primary-unavailable':
      return `${event.document} is no longer audited: ${event.reason}`;
    case 'escalation-failed':
      return `onEscalation failed at ${event.document}: ${event.reason}`;
    case 'app-not-noted':
      return `which application audits could not be noted (give causeway audit its --app): ${event.reason}`;
    case 'failed':
      return `the relay stopped on a bug: ${String(event.error)}`;
  }
}

function about(document: DocumentId | undefined): string {
  return document === undefined ? '' : ` (at ${document})`;
}
