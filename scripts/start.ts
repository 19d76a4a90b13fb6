// `npm start`: builds the demonstration if it changed, and serves it with its relay and primary.
import { existsSync, globSync, statSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describeEvent, startRelay } from '@causeway/relay';
import { build } from 'vite';

const root = fileURLToPath(new URL('..', import.meta.url));
const site = `${root}apps/demo/dist`;
const sources = [
  'apps/demo/{index.html,vite.config.ts,package.json}',
  'apps/demo/{src,public}/**/*',
  'packages/{core,protocol,client,yjs}/src/**/*',
  'package-lock.json',
];

function isBuilt(): boolean {
  const page = `${site}/index.html`;
  if (!existsSync(page)) return false;
  const builtMs = statSync(page).mtimeMs;
  // Folders too: a file that was deleted shows in its folder's time only.
  const paths = sources.flatMap((pattern) => globSync(pattern, { cwd: root }));
  return paths.every((path) => statSync(`${root}${path}`).mtimeMs < builtMs);
}

async function start(): Promise<void> {
  if (!isBuilt()) {
    console.log('building the demonstration …');
    await build({ root: `${root}apps/demo`, logLevel: 'error' });
  }
  const relay = await startRelay({
    data: `${root}.causeway`,
    app: `${root}apps/demo/src/bank.ts`,
    site,
    port: Number(process.env['PORT'] || 8787),
    onEvent: (event) => console.error(`causeway: ${describeEvent(event)}`),
  });
  console.log(`causeway is listening on ${relay.url}`);
  console.log(`Open http://localhost:${relay.port} in a browser; Ctrl-C stops it.`);
  console.log('What was done stays in the folder .causeway: delete it to begin again.');
  const stop = (): void => void relay.close();
  process.once('SIGINT', stop);
  process.once('SIGTERM', stop);
  await relay.finished;
}

try {
  await start();
} catch (error) {
  console.error(`causeway: ${error instanceof Error ? error.message : String(error)}`);
  process.exitCode = 1;
}
