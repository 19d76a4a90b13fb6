// What an application may do to its process reaches nobody but that process, and its parent hears why.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { expect, onTestFinished, test } from 'vitest';
import { startUnruly } from './support/start-unruly.ts';
import type { Deed } from './support/unruly-child.ts';

test('what is said before anybody listens waits, in order', async () => {
  const started = startUnruly('echo');
  const heard: string[] = [];
  started.send('a');
  await expect.poll(() => started.pulse.atWork).toBe(7);
  started.inbox.listen((message) => {
    heard.push(message);
    if (message === 'first') started.inbox.pause();
  });
  await expect.poll(() => heard).toEqual(['first']);
  started.send('b');
  started.inbox.listen((message) => heard.push(message));
  await expect.poll(() => heard).toEqual(['first', 'second', 'a!', 'b!']);
  await started.end();
  expect(await started.ended).toBe('its process was ended by SIGKILL');
  started.send('c'); // To nobody, and no error.
});

test.for<[Deed, string]>([
  ['throw', 'nobody caught this'],
  ['exit', 'it ended its process with status 3'],
  ['eat', 'its process was ended by SIGABRT: out of memory, as a rule'],
])('one that does this: %s', async ([deed, why]) => {
  const started = startUnruly(deed);
  expect(await started.ended).toBe(why);
  expect(started.pulse.atWork).toBe(7);
});

test('one that cannot be started says so, and nothing else fails', async () => {
  const { execPath } = process;
  onTestFinished(() => {
    process.execPath = execPath;
  });
  process.execPath = '/nowhere/node';
  const started = startUnruly('echo');
  started.send('a');
  expect(await started.ended).toMatch(/could not be started: spawn .*ENOENT/);
  await started.end();
});

test('one that loops ends with its parent, however that ended', async () => {
  const parent = fileURLToPath(new URL('./support/unruly-parent.ts', import.meta.url));
  const child = spawn(process.execPath, [parent], { stdio: ['ignore', 'pipe', 'inherit'] });
  const [said] = await once(child.stdout, 'data');
  expect(String(said)).toContain('it loops');
  const released = once(child, 'close'); // Its output is open as long as anybody holds it.
  child.kill('SIGKILL');
  await released;
});
