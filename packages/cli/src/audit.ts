// `causeway audit`: replays a document's log and says whether the application finds in it what is recorded
// there. It reads the file only, also while a relay runs.
import { existsSync } from 'node:fs';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { type AppModules, RelayRefusal, readPrimaryApp } from '@causeway/relay';
import { auditModule } from './audit-module.ts';
import { help } from './command-help.ts';
import { describeAudit } from './describe-audit.ts';
import { openDocument } from './open-document.ts';
import { parseUsage, UsageError } from './usage-error.ts';

/** Prints what differs; the exit status is then 1. */
export async function audit(args: string[]): Promise<void> {
  const { values, positionals } = parseUsage('audit', () =>
    parseArgs({
      args,
      allowPositionals: true,
      options: {
        app: { type: 'string' },
        newer: { type: 'string' },
        'app-previous': { type: 'string', multiple: true, default: [] },
        json: { type: 'boolean', default: false },
        help: { type: 'boolean', short: 'h', default: false },
      },
    }),
  );
  if (values.help) {
    console.log(help.audit);
    return;
  }
  const [folder, name] = positionals;
  if (folder === undefined || name === undefined || positionals.length > 2) {
    throw new UsageError('audit', 'name a data folder and a document');
  }
  const recorded = await chooseModules(folder, values.app, values['app-previous']);
  const newer = values.newer === undefined ? undefined : moduleUrl(values.newer);
  const { reader, document } = openDocument('audit', folder, name);
  const { epoch, position } = reader.head(document);
  reader.close();
  const onProgress = (at: number): void => showProgress(at, position);
  const found = await auditModule(
    { folder, document, epoch, position, recorded, newer },
    { onProgress },
  );
  endProgress();
  const report = { document, ...found };
  console.log(values.json ? JSON.stringify(report, undefined, 2) : describeAudit(report));
  if (found.differences.length > 0 || found.newer?.threw) process.exitCode = 1;
}

/** Those named, else those that the relay of this folder ran last. */
async function chooseModules(
  folder: string,
  app: string | undefined,
  previous: readonly string[],
): Promise<AppModules> {
  const previousUrls = previous.map(moduleUrl);
  if (app !== undefined) return { url: moduleUrl(app), previousUrls };
  const known = await readPrimaryApp(folder);
  if (!known) {
    throw new UsageError('audit', `no relay ran an app on ${folder} yet: name it with --app`);
  }
  for (const url of [known.url, ...known.previousUrls]) moduleUrl(fileURLToPath(url));
  return { url: known.url, previousUrls: [...known.previousUrls, ...previousUrls] };
}

function moduleUrl(path: string): string {
  if (existsSync(path)) return pathToFileURL(path).href;
  throw new RelayRefusal('app-not-found', `there is no app module at ${path}: name a file`);
}

function showProgress(position: number, of: number): void {
  if (!process.stderr.isTTY) return;
  process.stderr.write(`\rentry ${position} of ${of} `);
}

function endProgress(): void {
  if (process.stderr.isTTY) process.stderr.write('\r\u001b[K');
}
