// Why a relay did not start, as the owner is told: what is wrong, and what to do about it.

export type RelayRefusalCode =
  | 'public-without-auth'
  | 'bad-port'
  | 'port-in-use'
  | 'port-not-permitted'
  | 'address-not-available'
  | 'data-not-writable'
  | 'data-unusable'
  | 'site-not-found'
  | 'app-not-found'
  | 'app-failed'
  | 'app-timed-out'
  | 'app-not-exported'
  | 'app-ambiguous'
  | 'not-an-app'
  | 'bad-app-versions'
  | 'handlers-missing'
  | 'auditors-beside-app';

/** Thrown by `startRelay` before anything is served. `message` ends with the remedy. */
export class RelayRefusal extends Error {
  override readonly name = 'RelayRefusal';
  readonly code: RelayRefusalCode;
  constructor(code: RelayRefusalCode, message: string, o: { readonly cause?: unknown } = {}) {
    super(message, { cause: o.cause });
    this.code = code;
  }
}

/** The `code` that Node gives to errors of the system, if there is one. */
export function systemCode(error: unknown): string | undefined {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  return typeof code === 'string' ? code : undefined;
}
