// `npm start`: builds the demonstration and serves it, with its relay and primary, in one process.
import { fileURLToPath } from 'node:url';
import { startRelay } from '@causeway/relay';
import { build } from 'vite';

const root = fileURLToPath(new URL('..', import.meta.url));
const port = Number(process.env['PORT'] ?? 8787);
console.log('building the demonstration …');
await build({ root: `${root}apps/demo`, logLevel: 'error' });
try {
  const relay = await startRelay({
    data: `${root}.causeway`,
    app: `${root}apps/demo/src/bank.ts`,
    site: `${root}apps/demo/dist`,
    port,
  });
  console.log(`open http://localhost:${relay.port} (Ctrl-C stops it; the log is in .causeway)`);
  const stop = (): void => void relay.close();
  process.once('SIGINT', stop);
  process.once('SIGTERM', stop);
  await relay.finished;
} catch (error) {
  console.error(`causeway: ${error instanceof Error ? error.message : String(error)}`);
  process.exitCode = 1;
}
