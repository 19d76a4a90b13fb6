// Loads, without running any, the modules that threads and processes of tests load: what Node strips and
// compiles of them then lies in the compile cache before the first of these starts (see node-setup.ts).
import { pathToFileURL } from 'node:url';
import { findTestFiles } from './test-files.ts';

const loaded = 'loaded';
const modules = findTestFiles(['packages/*/src/**/*.ts', 'test/**/*.ts', 'apps/demo/src/bank.ts'])
  .filter((path) => !path.endsWith('.test.ts'))
  .map((path) => pathToFileURL(path).href);

// All of them are loaded before the first one runs, and that one goes no further.
const graph = [asModule(`throw ${JSON.stringify(loaded)};`), ...modules];
await import(asModule(graph.map((url) => `import ${JSON.stringify(url)};`).join(''))).catch(
  (outcome: unknown) => {
    if (outcome !== loaded) throw outcome;
  },
);

function asModule(code: string): string {
  return `data:text/javascript,${encodeURIComponent(code)}`;
}
