// Node's own recursive mkdir does not come back where the system answers that a folder is not there
// to a name that it does not allow, as in /proc: hence step by step, each tried once.
import { existsSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import { systemCode } from './relay-refusal.ts';

/** Makes the folder and those above it that are missing. Throws what the system says. */
export async function makeFolder(path: string): Promise<void> {
  if (existsSync(path)) return;
  const above = dirname(path);
  if (above !== path) await makeFolder(above);
  try {
    await mkdir(path);
  } catch (error) {
    // Another process may have been quicker; a file in its place shows when it is written to.
    if (systemCode(error) !== 'EEXIST') throw error;
  }
}
