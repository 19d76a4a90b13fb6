// Two builds agree on the newest protocol version that both speak, or say that there is none.
import { expect, it } from 'vitest';
import { agreeVersion, protocolVersion, supportedVersions } from './version.ts';

it('this build supports what it offers', () => {
  expect(agreeVersion(protocolVersion)).toBe(protocolVersion);
  expect(supportedVersions.min).toBeLessThanOrEqual(supportedVersions.max);
});

it.each([
  { offered: 3, agreed: 3 },
  { offered: 2, agreed: 2 },
  { offered: 5, agreed: 5 },
  { offered: 6, agreed: 5 },
  { offered: 9_007_199_254_740_991, agreed: 5 },
])('a client that knows up to $offered speaks $agreed with a relay of 2 to 5', (row) => {
  expect(agreeVersion(row.offered, { min: 2, max: 5 })).toBe(row.agreed);
});

it.each([0, 1])(
  'a client that knows up to %i only is turned away by a relay of 2 to 5',
  (offered) => {
    expect(agreeVersion(offered, { min: 2, max: 5 })).toMatchObject({
      type: 'peer-fault',
      code: 'unsupported-protocol',
      closeStatus: 4402,
    });
  },
);
