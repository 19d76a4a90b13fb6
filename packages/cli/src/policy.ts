// `causeway policy`: prints what an application may do while cut off, cell by cell, and why.
import { existsSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { type DescribedPolicy, tableToHtml, tableToMarkdown, tableToText } from '@causeway/core';
import { RelayRefusal } from '@causeway/relay';
import { help } from './command-help.ts';
import { describeModule } from './describe-module.ts';
import { parseUsage, UsageError } from './usage-error.ts';

const printers: Readonly<Record<string, (policy: DescribedPolicy) => string>> = {
  // A terminal's own width where there is one: a file gets the same lines everywhere.
  text: (policy) => tableToText(policy, { width: process.stdout.columns }),
  markdown: tableToMarkdown,
  html: tableToHtml,
};

/** Prints the policy table of the application that a module exports. */
export async function policy(args: string[]): Promise<void> {
  const { values, positionals } = parseUsage('policy', () =>
    parseArgs({
      args,
      allowPositionals: true,
      options: {
        format: { type: 'string', default: 'text' },
        replicas: { type: 'string' },
        help: { type: 'boolean', short: 'h', default: false },
      },
    }),
  );
  if (values.help) {
    console.log(help.policy);
    return;
  }
  const [path] = positionals;
  if (path === undefined || positionals.length > 1) {
    throw new UsageError('policy', 'name the one module that exports the app');
  }
  const print = choosePrinter(values.format);
  const replicas = values.replicas === undefined ? undefined : parseReplicas(values.replicas);
  console.log(print(await describeModule({ url: moduleUrl(path), replicas })));
}

function choosePrinter(format: string): (policy: DescribedPolicy) => string {
  const print = Object.hasOwn(printers, format) ? printers[format] : undefined;
  if (print) return print;
  const known = Object.keys(printers).join(', ');
  throw new UsageError('policy', `there is no format "${format}": use one of ${known}`);
}

function parseReplicas(text: string): number {
  if (/^[1-9]\d{0,8}$/.test(text)) return Number(text);
  throw new UsageError('policy', `--replicas ${text}: use a whole number from 1 to 999999999`);
}

function moduleUrl(path: string): string {
  const url = pathToFileURL(path).href;
  if (existsSync(path)) return url;
  throw new RelayRefusal('app-not-found', `there is no app module at ${path}: name a file`);
}
