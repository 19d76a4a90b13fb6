// Who may open a link from a browser? Any page in the world can ask a browser to connect to
// 127.0.0.1, and browsers do not ask us first: the Origin header is what there is to judge by.

/** True for names of this very machine. */
export function isLoopback(host: string): boolean {
  const name = host.replace(/^\[|\]$/g, '').toLowerCase();
  return name === 'localhost' || name === '::1' || /^127(\.\d{1,3}){3}$/.test(name);
}

/**
 * True for programs that are no browsers (they send no origin), for pages of this machine, and for
 * origins that the owner listed.
 */
export function isAllowedOrigin(origin: string | undefined, listed: readonly string[]): boolean {
  if (origin === undefined || listed.includes(origin)) return true;
  return URL.canParse(origin) && isLoopback(new URL(origin).hostname);
}
