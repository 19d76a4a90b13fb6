// The process in which an application's module is loaded to be described. What it throws ends the
// process, and is told by whoever started it.
import { describePolicy } from '@causeway/core';
import { joinParent, loadApp } from '@causeway/relay';
import type { DescribeTask, FromDescribe } from './describe-module.ts';

const parent = await joinParent<DescribeTask, never, FromDescribe>('causeway-policy');
const { url, replicas } = parent.setup;
const loaded = await loadApp(url);
if (loaded.type === 'loaded') {
  const policy = describePolicy(loaded.primary.app.definition, { replicas });
  await parent.say({ type: 'described', policy });
} else {
  await parent.say(loaded);
}
