// The thread in which an application's module is loaded to be described. What it throws ends the
// thread, and is told by whoever started it.
import { parentPort, workerData } from 'node:worker_threads';
import { assert, describePolicy } from '@causeway/core';
import { loadApp } from '@causeway/relay';
import type { Described, DescribeTask } from './describe-module.ts';

const port = parentPort;
assert(port !== null, 'no-parent', 'this module is the start of a worker thread');
const { url, replicas }: DescribeTask = workerData;
const loaded = await loadApp(url);
if (loaded.type === 'loaded') {
  const policy = describePolicy(loaded.primary.app.definition, { replicas });
  port.postMessage({ type: 'described', policy } satisfies Described);
  port.postMessage({ type: 'ready' });
} else {
  port.postMessage(loaded);
}
