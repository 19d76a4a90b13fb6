// Which application audits here? Noted beside the log, so that an audit of it later finds the same code.
import { readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { makeFolder } from '../make-folder.ts';
import { systemCode } from '../relay-refusal.ts';
import type { AppModules } from './load-app.ts';

const fileName = 'primary-app.json';

/** Replaces the note in one step, where it says something else: a start needs no room on the disk. */
export async function notePrimaryApp(data: string, modules: AppModules): Promise<void> {
  await makeFolder(data);
  const path = join(data, fileName);
  const { url, previousUrls } = modules;
  const text = JSON.stringify({ url, previousUrls });
  const noted = await readPrimaryApp(data);
  if (noted && JSON.stringify({ url: noted.url, previousUrls: noted.previousUrls }) === text)
    return;
  await writeFile(`${path}.new`, `${text}\n`);
  await rename(`${path}.new`, path);
}

/** The modules that a relay ran on this folder last; undefined where none did, or nobody can tell. */
export async function readPrimaryApp(data: string): Promise<AppModules | undefined> {
  try {
    const note: unknown = JSON.parse(await readFile(join(data, fileName), 'utf8'));
    return isModules(note) ? note : undefined;
  } catch (error) {
    // A torn note is no note: the next start of the relay writes another.
    if (error instanceof SyntaxError || systemCode(error) === 'ENOENT') return undefined;
    throw error;
  }
}

function isModules(note: unknown): note is AppModules {
  if (typeof note !== 'object' || note === null) return false;
  if (!('url' in note) || !('previousUrls' in note)) return false;
  const { url, previousUrls } = note;
  const isList =
    Array.isArray(previousUrls) && previousUrls.every((one) => typeof one === 'string');
  return typeof url === 'string' && isList;
}
