// `causeway serve`: a relay until it is told to stop.
import { parseArgs } from 'node:util';
import { describeEvent, startRelay } from '@causeway/relay';
import { help } from './command-help.ts';
import { parseUsage, UsageError } from './usage-error.ts';

/** Prints one line when it listens; SIGINT and SIGTERM close it cleanly. */
export async function serve(args: string[]): Promise<void> {
  const { values } = parseUsage('serve', () =>
    parseArgs({
      args,
      options: {
        app: { type: 'string' },
        'app-previous': { type: 'string', multiple: true, default: [] },
        data: { type: 'string' },
        port: { type: 'string', default: '8787' },
        host: { type: 'string' },
        site: { type: 'string' },
        origin: { type: 'string', multiple: true, default: [] },
        'clients-audit': { type: 'boolean', default: false },
        help: { type: 'boolean', short: 'h', default: false },
      },
    }),
  );
  if (values.help) {
    console.log(help.serve);
    return;
  }
  const { app, data, host, site, origin: origins } = values;
  if (data === undefined) {
    throw new UsageError('serve', '--data is missing: name a folder for the log');
  }
  const previousApps = values['app-previous'];
  if (app === undefined && previousApps.length > 0) {
    throw new UsageError('serve', '--app-previous goes with --app: name the newest version there');
  }
  const relay = await startRelay({
    data,
    port: parsePort(values.port),
    origins,
    previousApps,
    onEvent: (event) => console.error(`causeway: ${describeEvent(event)}`),
    ...(app !== undefined && { app }),
    ...(values['clients-audit'] && { auditors: 'clients' }),
    ...(host !== undefined && { host }),
    ...(site !== undefined && { site }),
  });
  console.log(`causeway is listening on ${relay.url}`);
  // A second signal finds no listener, and ends the process as the system does.
  const stop = (): void => void relay.close();
  process.once('SIGINT', stop);
  process.once('SIGTERM', stop);
  await relay.finished;
}

function parsePort(text: string): number {
  if (/^\d{1,5}$/.test(text)) return Number(text);
  throw new UsageError('serve', `--port ${text} is no port: use a whole number to 65535`);
}
