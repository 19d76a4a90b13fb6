// Prints what random histories say of attribution: `npm run attribution:histories`. The tests of the
// simulation assert the same of fewer real documents.
import { explainAudited } from '../test/simulation/attribution/audited-history.ts';
import {
  addUp,
  type Explained,
  explainHistory,
} from '../test/simulation/attribution/explain-history.ts';

const ways: readonly (readonly [string, (seed: number) => Explained])[] = [
  ['by arithmetic          ', explainHistory],
  ['documents, no sum known', (seed) => explainAudited(seed, { hasMargin: false })],
  ['documents, sum declared', (seed) => explainAudited(seed, { hasMargin: true })],
];

for (const [name, explain] of ways) {
  const { problems, counts } = addUp(Array.from({ length: 1_500 }, (_, at) => explain(at + 1)));
  for (const problem of problems.slice(0, 10)) console.log(problem);
  console.log(name, JSON.stringify({ histories: 1_500, problems: problems.length, ...counts }));
  if (problems.length > 0) process.exitCode = 1;
}
