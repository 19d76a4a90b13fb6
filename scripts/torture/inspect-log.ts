// The log of a document as people get it: by `causeway inspect --json`, also while the relay runs.
import { runCli } from '../../test/integration/support/run-cli.ts';
import type { InspectedDocument } from './judge-run.ts';

export async function inspectLog(data: string, document: string): Promise<InspectedDocument> {
  const { status, out, errors } = await runCli('inspect', data, document, '--json');
  if (status !== 0) throw new Error(`the log of ${document} cannot be read: ${errors}`);
  return JSON.parse(out) as InspectedDocument;
}
