// Which test files there are, by their place alone: what the runners report is held against this list.
import { globSync } from 'node:fs';
import { resolve } from 'node:path';
import { root } from './run-tool.ts';

/** Absolute paths, sorted. */
export function findTestFiles(patterns: readonly string[]): readonly string[] {
  return globSync([...patterns], { cwd: root, exclude: ['**/node_modules/**'] })
    .map((path) => resolve(root, path))
    .sort();
}
