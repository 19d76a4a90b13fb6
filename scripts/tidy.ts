// The house rules that the linter cannot say. Prints each violation as `file:line rule: message`.
import { globSync, readFileSync } from 'node:fs';
import { basename, dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { asAny, switchedOffTest, tsIgnore } from './tidy/honesty-rules.ts';
import { type HouseRule, lineAt, parseSource, type Violation } from './tidy/house-rule.ts';
import { type ExportedSubpaths, frontDoor, noTestkit } from './tidy/import-rules.ts';
import { fileName, openingComment } from './tidy/name-rules.ts';
import { purity } from './tidy/purity-rules.ts';
import { fileLength, functionLength } from './tidy/size-rules.ts';

export const houseRules = (exported: ExportedSubpaths): readonly HouseRule[] => [
  asAny,
  fileLength,
  fileName,
  frontDoor(exported),
  functionLength,
  noTestkit,
  openingComment,
  purity,
  switchedOffTest,
  tsIgnore,
];

/** Everything wrong with one file, in the order of its lines. */
export function findViolations(
  path: string,
  text: string,
  rules: readonly HouseRule[],
): readonly Violation[] {
  const file = parseSource(path, text);
  return rules
    .flatMap((rule) =>
      rule
        .findIn(file)
        .map(({ at, message }) => ({ line: lineAt(text, at), rule: rule.name, message })),
    )
    .sort((a, b) => a.line - b.line);
}

function readExportedSubpaths(root: string): ExportedSubpaths {
  const manifests = globSync('packages/*/package.json', { cwd: root });
  return Object.fromEntries(
    manifests.map((path) => {
      const { exports } = JSON.parse(readFileSync(`${root}${path}`, 'utf8')) as { exports: object };
      return [basename(dirname(path)), Object.keys(exports)];
    }),
  );
}

function tidy(): void {
  const root = fileURLToPath(new URL('..', import.meta.url));
  const rules = houseRules(readExportedSubpaths(root));
  const paths = globSync('{packages,apps,bench,scripts,test}/**/*.{ts,tsx}', {
    cwd: root,
    exclude: ['**/node_modules/**', '**/dist/**'],
  }).map((path) => path.replaceAll('\\', '/'));
  const lines = paths
    .sort()
    .flatMap((path) =>
      findViolations(path, readFileSync(`${root}${path}`, 'utf8'), rules).map(
        ({ line, rule, message }) => `${path}:${line} ${rule}: ${message}`,
      ),
    );
  for (const line of lines) console.error(line);
  console.log(`tidy: ${paths.length} files, ${lines.length} violations`);
  process.exitCode = lines.length > 0 || paths.length === 0 ? 1 : 0;
}

if (import.meta.main) tidy();
