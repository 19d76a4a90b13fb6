// Which protocol versions this build speaks, and how two builds agree on one (docs/PROTOCOL.md).
// A change of any byte on the wire raises `protocolVersion`: test/golden enforces it.
import { type PeerFault, peerFault } from './down.ts';

/** The newest protocol version of this build: what `hello` offers. */
export const protocolVersion = 1;

/** The versions a peer can speak, both ends included. */
export interface VersionRange {
  readonly min: number;
  readonly max: number;
}

/** All versions of this build. `min` rises only when support for old clients is dropped. */
export const supportedVersions: VersionRange = { min: 1, max: protocolVersion };

/**
 * The version to speak with a client whose newest is `offered`: the newest that both know.
 *
 * @remarks Cost: O(1).
 * @returns the version for `welcome`, or the fault `unsupported-protocol`: the client must be
 * updated (it is too old), and does not reconnect before that.
 */
export function agreeVersion(
  offered: number,
  supported: VersionRange = supportedVersions,
): number | PeerFault {
  const agreed = Math.min(offered, supported.max);
  if (agreed >= supported.min) return agreed;
  const range = `${supported.min} to ${supported.max}`;
  return peerFault('unsupported-protocol', `offered protocol ${offered}, spoken here: ${range}`);
}
