// A process that appends under load until it is killed. It prints `writer seq position` for each
// acknowledged change, by a synchronous write: what was printed was acknowledged before.
import { createHash } from 'node:crypto';
import { writeSync } from 'node:fs';
import {
  chainGenesis,
  chainNext,
  encodeHeader,
  type Hash,
  parseDocumentId,
  parseReplicaId,
  parseWriterId,
  type SealedChange,
} from '@causeway/core';
import { openSqliteStore } from '@causeway/relay';

const documents = 3;
const writersPerDocument = 4;

const sha256: Hash = (bytes) => Uint8Array.from(createHash('sha256').update(bytes).digest());
const hex = (name: string): string => createHash('md5').update(name).digest('hex');

/** The same change for the same place: what a client would send again after a lost answer. */
function changeAt(writer: string, seq: number): SealedChange {
  const context = { epoch: 1, position: 0, dots: [] };
  const payload = sha256(new TextEncoder().encode(`${writer} ${seq}`));
  return { header: encodeHeader({ kind: 'edit', context }), payload, effects: new Uint8Array(0) };
}

async function load(folder: string): Promise<void> {
  const store = await openSqliteStore(folder);
  const run = async (documentIndex: number, writerIndex: number): Promise<void> => {
    const document = parseDocumentId(`kill/${documentIndex}`);
    const writer = parseWriterId(hex(`${documentIndex}/${writerIndex}`));
    const replica = parseReplicaId(hex('replica'));
    if (!document || !writer || !replica) throw new Error('the ids are well-formed');
    const author = { writer, replica, clientId: writerIndex };
    const hashes = [chainGenesis(sha256, document, author)];
    const hashAt = (seq: number): Uint8Array => {
      while (hashes.length <= seq) {
        const previous = hashes.at(-1) ?? new Uint8Array(0);
        hashes.push(chainNext(sha256, previous, changeAt(writer, hashes.length)));
      }
      return hashes[seq] ?? new Uint8Array(0);
    };
    const [known] = await store.writers(document, [writer]);
    // The last few come again, as after a lost acknowledgement.
    let seq = Math.max((known?.seq ?? 0) - 3, 0);
    for (;;) {
      const count = 1 + ((seq + writerIndex) % 5);
      const changes = Array.from({ length: count }, (_, at) => changeAt(writer, seq + 1 + at));
      const chain = { previous: hashAt(seq), changes, last: hashAt(seq + count) };
      const rest = { document, author, ifNamedHead: undefined, isPrimary: false };
      const [result] = await store.append([{ ...rest, ...chain, firstSeq: seq + 1 }]);
      if (result?.type !== 'appended') throw new Error(`refused: ${JSON.stringify(result)}`);
      const lines = result.entries.map((e) => `${writer} ${e.seq} ${e.position}\n`);
      if (lines.length > 0) writeSync(1, lines.join(''));
      seq += count;
    }
  };
  await Promise.all(
    Array.from({ length: documents * writersPerDocument }, (_, index) =>
      run(index % documents, Math.floor(index / documents)),
    ),
  );
}

await load(process.argv[2] ?? '');
