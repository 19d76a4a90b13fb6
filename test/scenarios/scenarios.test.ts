// Every scenario that the engine can play, plainly and with a reload of every client before its heal.
// What is missing yet is counted by `npm run scenarios`.
import { expect, test } from 'vitest';
import { scenarios } from './all.ts';
import { nameOf, partsOf, playPart } from './play-scenario.ts';
import { scenarioIds } from './scenario.ts';

test('every scenario of the specification is listed, once and in its order', () => {
  expect(scenarios.map(({ id }) => id)).toEqual(scenarioIds);
});

for (const part of partsOf(scenarios)) {
  const { scenario, variant } = part;
  if ('missing' in variant) continue;
  test(`${scenario.id} ${scenario.title}: ${nameOf(part)}`, async () => {
    expect(await playPart(part, 1)).toMatchObject({ result: 'passed' });
  }, 120_000);
}
