// What SQLite and the file system say, as the log's own failures: what happened and what to do.
import { LogFailure } from './log-store.ts';

// Primary result codes. @see https://www.sqlite.org/rescode.html
const busy = [5, 6];
const notWritable = [3, 8, 14, 23];
// A constraint can only fail when an index and its table disagree: admissions look first.
const corrupt = [11, 19, 26];
const full = 13;

/** The failure behind an error caught while doing something, named for the message. */
export function toLogFailure(cause: unknown, doing: string): LogFailure {
  if (cause instanceof LogFailure) return cause;
  const because = cause instanceof Error ? cause.message : String(cause);
  const fail = (code: LogFailure['code'], advice: string, retry: boolean): LogFailure =>
    new LogFailure(code, `${doing}: ${because}. ${advice}`, { retry, cause });

  const code = primaryCode(cause);
  if (code === full || hasCode(cause, 'ENOSPC')) {
    return fail('disk-full', 'Nothing was kept: free some space, then try again.', true);
  }
  // A number that no longer fits its column is damage, though SQLite did not notice.
  if (isOneOf(corrupt, code) || hasCode(cause, 'ERR_OUT_OF_RANGE')) {
    return fail('corrupt', 'The file is damaged: restore the data folder from a backup.', false);
  }
  if (isOneOf(notWritable, code) || isPathProblem(cause)) {
    return fail('not-writable', 'Make the data folder a folder the relay may write to.', false);
  }
  if (isOneOf(busy, code)) {
    return fail('failed', 'Something else is writing to the file: stop it, then try again.', true);
  }
  if (code === undefined)
    return fail('failed', 'This is a mistake in the relay: report it.', false);
  return fail('failed', 'Nothing was kept: check the disk, then try again.', true);
}

/** A failure as it crosses from the worker: an Error's class and cause do not survive the copy. */
export interface FailureNotice {
  readonly code: LogFailure['code'];
  readonly message: string;
  readonly retry: boolean;
  readonly cause: string;
}

export function failureToNotice({ code, message, retry, cause }: LogFailure): FailureNotice {
  return { code, message, retry, cause: cause instanceof Error ? (cause.stack ?? '') : '' };
}

export function noticeToFailure({ code, message, retry, cause }: FailureNotice): LogFailure {
  return new LogFailure(code, message, { retry, ...(cause && { cause: new Error(cause) }) });
}

/** True when SQLite refused because another connection holds the lock. */
export function isLocked(cause: unknown): boolean {
  return isOneOf(busy, primaryCode(cause));
}

function primaryCode(cause: unknown): number | undefined {
  if (!(cause instanceof Error) || !('errcode' in cause)) return undefined;
  return typeof cause.errcode === 'number' ? cause.errcode & 0xff : undefined;
}

function isOneOf(codes: readonly number[], code: number | undefined): boolean {
  return code !== undefined && codes.includes(code);
}

function isPathProblem(cause: unknown): boolean {
  return ['EACCES', 'EPERM', 'EROFS', 'ENOTDIR', 'EEXIST', 'ENOENT'].some((c) => hasCode(cause, c));
}

function hasCode(cause: unknown, code: string): boolean {
  return cause instanceof Error && 'code' in cause && cause.code === code;
}
