// Finds a document in a data folder, or says which there are.
import { existsSync } from 'node:fs';
import { type DocumentId, documentIdRule, parseDocumentId } from '@causeway/core';
import { type LogReader, openLogReader } from '@causeway/relay';
import { UsageError } from './usage-error.ts';

export interface FoundDocument {
  /** The caller closes it. */
  readonly reader: LogReader;
  readonly document: DocumentId;
}

/** Opens the log for reading. Throws where there is no such document, with those that there are. */
export function openDocument(
  command: UsageError['command'],
  folder: string,
  name: string,
): FoundDocument {
  const document = parseDocumentId(name);
  if (!document) {
    throw new UsageError(command, `"${name}" is no document id: use ${documentIdRule}`);
  }
  if (!existsSync(folder)) throw new Error(`there is no folder ${folder}: name one a relay wrote`);
  const reader = openLogReader(folder);
  const documents = reader.documents();
  if (documents.includes(document)) return { reader, document };
  reader.close();
  const known = documents.join(', ') || 'none yet';
  throw new Error(`there is no document "${name}" in ${folder}; there are: ${known}`);
}
