// A small log as a relay writes it: two documents, three writers each, every kind of row.
import {
  chainGenesis,
  chainNext,
  encodeHeader,
  parseDocumentId,
  parseOperationId,
  parseReplicaId,
  parseWriterId,
  type SealedChange,
} from '@causeway/core';
import { type AppendRequest, openSqliteStore } from '@causeway/relay';
import { sha256 } from './golden-changes.ts';

const changesPerWriter = 4;

export async function writeSampleLog(folder: string): Promise<void> {
  const store = await openSqliteStore(folder);
  for (const name of ['bank/one', 'bank/two']) {
    for (const writer of [1, 2, 3]) await store.append([requestOf(name, writer)]);
    const document = known(parseDocumentId(name));
    await store.saveCheckpoint(document, 3, Uint8Array.of(1, 2, 3));
  }
  await store.close();
}

function requestOf(name: string, number: number): AppendRequest {
  const document = known(parseDocumentId(name));
  const id = String(number).repeat(32);
  const author = {
    writer: known(parseWriterId(id)),
    replica: known(parseReplicaId(id)),
    clientId: 100 + number,
  };
  const previous = chainGenesis(sha256, document, author);
  const changes = Array.from({ length: changesPerWriter }, (_, at) => changeOf(number, at));
  const last = changes.reduce((hash, change) => chainNext(sha256, hash, change), previous);
  return {
    document,
    author,
    firstSeq: 1,
    previous,
    changes,
    last,
    ifNamedHead: undefined,
    isPrimary: false,
  };
}

/** Operations and edits in turn. */
function changeOf(number: number, at: number): SealedChange {
  const decision = { mode: 'connected', cell: 'safe', invariant: '*' } as const;
  const operation = {
    id: known(parseOperationId(`${number}${at}`.repeat(16))),
    ...{ name: 'deposit', codeVersion: 1, user: 'anonymous', wallMs: 0, decision },
  };
  const context = { epoch: 1, position: 0, dots: [] };
  const header =
    at % 2 === 0
      ? ({ kind: 'operation', context, operation } as const)
      : ({ kind: 'edit', context } as const);
  const payload = Uint8Array.of(number, at, 255);
  return { header: encodeHeader(header), payload, effects: new Uint8Array(0) };
}

function known<T>(id: T | undefined): T {
  if (id === undefined) throw new Error('an id of the sample breaks the rule for ids');
  return id;
}
