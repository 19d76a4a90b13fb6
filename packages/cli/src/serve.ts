// `causeway serve`: a relay until it is told to stop.
import { parseArgs } from 'node:util';
import { startRelay } from '@causeway/relay';
import { UsageError } from './usage-error.ts';

/** Prints one line when it listens; SIGINT and SIGTERM close it cleanly. */
export async function serve(args: string[]): Promise<void> {
  const { values } = parseArgs({
    args,
    options: {
      app: { type: 'string' },
      data: { type: 'string' },
      port: { type: 'string', default: '8787' },
      host: { type: 'string' },
      site: { type: 'string' },
    },
  });
  const { app, data, host, site } = values;
  const port = Number(values.port);
  if (data === undefined) throw new UsageError('--data is missing: name a folder for the log');
  if (!Number.isInteger(port)) throw new UsageError(`--port ${values.port} is no number`);
  const relay = await startRelay({
    data,
    port,
    ...(app !== undefined && { app }),
    ...(host !== undefined && { host }),
    ...(site !== undefined && { site }),
  });
  console.log(`causeway is listening on ${relay.url}`);
  const stop = (): void => void relay.close();
  process.once('SIGINT', stop);
  process.once('SIGTERM', stop);
  await relay.finished;
}
