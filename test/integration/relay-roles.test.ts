// Who may answer a case, at a relay as people run it: its module says which roles a user has, and an audit of
// the log, which knows none, finds the same.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { connect, createMemoryDatabase, memoryStore } from '@causeway/client';
import type { CaseRecord } from '@causeway/core';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { app } from './support/hall-primary.ts';
import { runCli } from './support/run-cli.ts';
import { startRelayProcess } from './support/started-relay.ts';

const module = fileURLToPath(new URL('./support/hall-primary.ts', import.meta.url));
let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'causeway-'));
});
afterEach(async () => {
  await rm(folder, { recursive: true });
});

/** What became of the choice of each, one after the other. */
async function answersOf(url: string, users: readonly string[]) {
  const clients = users.map((id) =>
    connect({
      app,
      url,
      user: { id, roles: ['agent'] },
      store: memoryStore(createMemoryDatabase()),
    }),
  );
  try {
    const outcomes: unknown[] = [];
    const handles = await Promise.all(clients.map((client) => client.open('evening')));
    const asked = await handles.at(-1)?.run('reserve', { pieces: 1 }).outcome;
    await handles[0]?.run('sell', { pieces: 12 }).committed;
    for (const handle of handles) {
      const isAsked = (all: readonly CaseRecord[]): boolean => all[0]?.state === 'escalated';
      const signal = AbortSignal.timeout(15_000);
      const [found] = await handle.cases.waitFor(isAsked, { signal });
      const receipt = found && handle.inbox.choose(found.id, 'all back');
      outcomes.push(await receipt?.outcome);
    }
    return { asked, outcomes, sold: handles.at(-1)?.view.sold.get('hall') };
  } finally {
    for (const client of clients) await client.close();
  }
}

test('who has the role that a question names answers it, whatever others say of themselves', {
  timeout: 60_000,
}, async () => {
  const relay = await startRelayProcess({ data: folder, app: module });
  try {
    const { asked, outcomes, sold } = await answersOf(relay.url, ['carl', 'ghost', 'dora']);
    const refused = { type: 'refused', code: 'not-permitted' };
    expect(outcomes).toMatchObject([refused, refused, { type: 'confirmed' }]);
    expect(sold).toBe(10);
    // Of an operation nobody is told roles: an audit could not judge it again.
    expect(asked).toMatchObject({ code: 'requires', reason: 'for agents' });
  } finally {
    await relay.stop();
  }
  // The module's own `rolesOf` is not asked: the log tells who was let in, and who was not, and why.
  const audit = await runCli('audit', folder, 'evening', '--json');
  expect(audit).toMatchObject({ status: 0, errors: '' });
  expect(JSON.parse(audit.out)).toMatchObject({
    ...{ differences: [], unjudged: [], pending: [] },
    reproduced: { refused: 3, executed: 1 },
  });
});
