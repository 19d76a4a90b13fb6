// Starts the process of an application that does what the test asks of it.
import { AppChild } from '@causeway/relay';
import type { Deed } from './unruly-child.ts';

export function startUnruly(deed: Deed): AppChild<string, string> {
  return new AppChild<string, string>({
    entry: new URL('./unruly-child.ts', import.meta.url),
    setup: { deed },
    megabytesMax: 32,
    prints: 'to-output',
  });
}
