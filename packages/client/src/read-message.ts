// What the relay says of a document, as inputs of its replica.
import type { DocumentId, ReplicaInput } from '@causeway/core';
import type { DownMessage } from '@causeway/protocol';

export interface DocumentInput {
  readonly document: DocumentId;
  readonly input: ReplicaInput;
}

/** Undefined for messages that are about the link and not about a document. */
export function toReplicaInput(message: DownMessage): DocumentInput | undefined {
  switch (message.type) {
    case 'opened': {
      const { document, head, relation, vector } = message;
      return { document, input: { type: 'subscribed', head, relation, vector } };
    }
    case 'entries': {
      const { document, from, items, prefixHash } = message;
      return { document, input: { type: 'entriesReceived', from, items, prefixHash } };
    }
    case 'push-refused': {
      const { document, writer, seq, code, expected } = message;
      return { document, input: { type: 'pushRefused', writer, seq, code, expected } };
    }
    case 'welcome':
    case 'echo':
    case 'fault':
      return undefined;
  }
}
