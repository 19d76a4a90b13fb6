// The relay's log file, damaged: single rows that say something else, with and without a checksum that
// is right, and flipped bits anywhere in the file. Damage is told as such, or changes nothing.
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { ByteReader, ByteWriter } from '@causeway/core';
import { LogFailure, type LogReader, openLogReader } from '@causeway/relay';
import { damageRow, type LogRows, openLogRows } from './fuzz-log-rows.ts';
import { writeSampleLog } from './fuzz-log-sample.ts';
import type { FuzzTarget } from './fuzz-target.ts';

export const silentDamage = 'damage was passed over in silence';
export const staleReader = 'a reader that met damage sees no more of what is written';
export const unknownFailure = 'a reader threw what is no failure of the log';

/** Writes a small log into a temporary folder; `close` of the targets removes it. */
export async function logTargets(): Promise<readonly FuzzTarget[]> {
  const folder = mkdtempSync(join(tmpdir(), 'causeway-fuzz-log-'));
  await writeSampleLog(folder);
  const rows = openLogRows(folder);
  return [rowTarget(folder, rows), fileTarget(folder)];
}

function rowTarget(folder: string, rows: LogRows): FuzzTarget {
  let reader = openLogReader(folder);
  const sound = readAll(reader);
  /** What was damaged is whole again: a reader that does not see it is of no more use. */
  const requireWhole = (): void => {
    if (readDamaged(reader, sound) === 'unchanged') return;
    reader.close();
    reader = openLogReader(folder);
    const isWhole = readDamaged(reader, sound) === 'unchanged';
    throw new Error(isWhole ? staleReader : 'the sample was not restored');
  };
  return {
    name: 'log rows',
    share: 1.5,
    msPerKibMax: 50,
    draw: (random) =>
      new ByteWriter()
        .uint(random.below(1_000))
        .uint(random.below(1_000))
        .byte(random.below(2))
        .fixed(random.bytes(12))
        .done(),
    take(input) {
      const choice = new ByteReader(input);
      const [row, column, isSealed] = [choice.uint(), choice.uint(), choice.byte() === 1];
      const damage = damageRow(rows, { row, column, isSealed, bytes: choice.fixed(choice.rest) });
      if (!damage) return 'not storable';
      let answer: string;
      try {
        answer = readDamaged(reader, sound);
      } finally {
        damage.undo();
      }
      requireWhole();
      // Under a checksum that is right another value is no damage but another log.
      if (!answer.startsWith(changed)) return answer;
      if (!isSealed) throw new Error(`${silentDamage}: ${damage.place}`);
      return 'accepted';
    },
    close() {
      reader.close();
      rows.close();
    },
  };
}

function fileTarget(folder: string): FuzzTarget {
  const bytes = readFileSync(join(folder, 'causeway.db'));
  const damaged = join(folder, 'damaged');
  mkdirSync(damaged);
  const whole = openLogReader(folder);
  const sound = readAll(whole);
  whole.close();
  return {
    name: 'log file',
    share: 0.5,
    msPerKibMax: 100,
    /** Places of single bits, up to three. */
    draw(random) {
      const writer = new ByteWriter();
      for (let flips = random.below(3); flips >= 0; flips--)
        writer.uint(random.below(bytes.length * 8));
      return writer.done();
    },
    take(input) {
      const flipped = Buffer.from(bytes);
      const places = new ByteReader(input);
      while (places.rest > 0) {
        const bit = places.uint();
        const at = Math.floor(bit / 8);
        flipped[at] = (flipped[at] ?? 0) ^ (1 << (bit % 8));
      }
      writeFileSync(join(damaged, 'causeway.db'), flipped);
      return readFile(damaged, sound);
    },
    close: () => rmSync(folder, { recursive: true, force: true }),
  };
}

function readFile(folder: string, sound: readonly ReadDocument[]): string {
  let reader: LogReader | undefined;
  try {
    reader = openLogReader(folder);
    const answer = readDamaged(reader, sound);
    if (answer.startsWith(changed)) throw new Error(`${silentDamage}: ${answer}`);
    return answer === 'unchanged' ? 'accepted' : answer;
  } catch (error) {
    if (error instanceof LogFailure) return error.code;
    throw error;
  } finally {
    reader?.close();
  }
}

/** The code of the failure, or whether and where what is read is not as it was. */
function readDamaged(reader: LogReader, sound: readonly ReadDocument[]): string {
  try {
    const place = differingPlace(readAll(reader), sound);
    return place === undefined ? 'unchanged' : `${changed} in the ${place}`;
  } catch (error) {
    if (error instanceof LogFailure) return error.code;
    throw new Error(unknownFailure, { cause: error });
  }
}

/** The first kind of record in which two readings differ. */
function differingPlace(found: readonly ReadDocument[], sound: readonly ReadDocument[]) {
  if (found.length !== sound.length) return 'document';
  const pairs = found.map((document, index) => [document, sound[index]] as const);
  // A checkpoint that is not found is made again: only one that says something else would lie.
  return readKinds.find((kind) =>
    pairs.some(([a, b]) => {
      const isMadeAgain = kind === 'checkpoint' && a.checkpoint === undefined;
      return !isMadeAgain && !isDeepStrictEqual(a[kind], b?.[kind]);
    }),
  );
}

const changed = 'changed';
const readKinds = ['document', 'head', 'entries', 'roster', 'checkpoint'] as const;
type ReadDocument = Readonly<Record<(typeof readKinds)[number], unknown>>;

/** Everything that a log says of its documents. */
function readAll(reader: LogReader): readonly ReadDocument[] {
  return reader.documents().map((document) => ({
    document,
    head: reader.head(document),
    roster: reader.roster(document),
    entries: [...reader.entries(document)],
    checkpoint: reader.checkpoint(document),
  }));
}
