// Disks without space, real ones: a file system of two megabytes where this process may mount one,
// and everywhere on Linux a limit of the system on how large the relay's files may grow.
import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { RelayChild } from '../../../scripts/torture/relay-child.ts';

const run = promisify(execFile);

export interface SmallDisk {
  /** Where a relay may put its data. */
  readonly folder: string;
  /** For `spawnRelay`; a number where the limit is the process's and not the disk's. */
  readonly fileKibMax: number | undefined;
  /** What the relay's log says when it cannot write. */
  readonly failure: 'disk-full' | 'failed';
  /** Makes room, also under a relay that runs. */
  free(relay?: RelayChild): Promise<void>;
  close(): Promise<void>;
}

/** Room for some tens of operations: each commit writes several pages. */
const roomKib = 400;
const diskKib = 2_048;

type OpenDisk = (o?: { readonly roomKib?: number }) => Promise<SmallDisk>;

/**
 * All kinds of small disk that this machine lets us have, by name. The limit on files
 * (`ulimit -f`, lifted by `prlimit`) needs no rights; mounting needs root, and it is said aloud
 * where that is missing.
 */
export async function findSmallDisks(): Promise<ReadonlyMap<string, OpenDisk>> {
  const kinds = new Map<string, OpenDisk>([['a limit on the size of files', openLimitedFiles]]);
  try {
    await (await openMounted()).close();
    kinds.set('a small file system', openMounted);
  } catch (error) {
    const why = error instanceof Error ? error.message.trim() : String(error);
    process.stderr.write(`no small file system here, the limit on files stands for it: ${why}\n`);
  }
  return kinds;
}

/** Writes beyond the limit fail with EFBIG, which SQLite calls an I/O error. */
const openLimitedFiles: OpenDisk = async (o = {}) => {
  const folder = await mkdtemp(join(tmpdir(), 'causeway-limited-'));
  let fileKibMax: number | undefined = o.roomKib ?? roomKib;
  return {
    folder,
    get fileKibMax() {
      return fileKibMax;
    },
    failure: 'failed',
    async free(relay) {
      fileKibMax = undefined;
      if (!relay) return;
      await run('prlimit', ['--pid', String(relay.pid), '--fsize=unlimited:unlimited']);
    },
    close: () => rm(folder, { recursive: true, force: true }),
  };
};

/** Writes beyond the end fail with ENOSPC. */
const openMounted: OpenDisk = async (o = {}) => {
  const folder = await mkdtemp(join(tmpdir(), 'causeway-mounted-'));
  await run('mount', ['-t', 'tmpfs', '-o', `size=${diskKib}k`, 'tmpfs', folder]).catch(
    async (error) => {
      await rm(folder, { recursive: true });
      throw error;
    },
  );
  const ballast = join(folder, 'ballast');
  await writeFile(ballast, new Uint8Array((diskKib - (o.roomKib ?? roomKib)) * 1_024));
  return {
    folder,
    fileKibMax: undefined,
    failure: 'disk-full',
    free: () => rm(ballast),
    async close() {
      await run('umount', ['-l', folder]);
      await rm(folder, { recursive: true, force: true });
    },
  };
};
