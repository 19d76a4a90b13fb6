// Packages meet at their front doors only, and the test kit stays out of what it tests.
import { dirname, join } from 'node:path/posix';
import type { Node } from 'oxc-parser';
import type { HouseRule, SourceFile } from './house-rule.ts';

interface Import {
  readonly at: number;
  readonly source: string;
}

/** The subpaths that each package exports, by package name: `{ core: ['.'] }`. */
export type ExportedSubpaths = Readonly<Record<string, readonly string[]>>;

export const frontDoor = (exported: ExportedSubpaths): HouseRule => ({
  name: 'front-door',
  findIn: (file) =>
    importsOf(file)
      .filter(({ source }) => !entersByFrontDoor(file, source, exported))
      .map(({ at, source }) => ({
        at,
        message: `${source}: import other packages through what they export`,
      })),
});

export const noTestkit: HouseRule = {
  name: 'no-testkit',
  findIn: (file) =>
    file.packageName === undefined || file.packageName === 'testkit'
      ? []
      : importsOf(file)
          .filter(({ source }) => /^@causeway\/testkit(\/|$)/.test(source))
          .map(({ at }) => ({ at, message: 'tests that need the test kit live in test/' })),
};

function entersByFrontDoor(file: SourceFile, source: string, exported: ExportedSubpaths): boolean {
  if (source.startsWith('.')) {
    const home = homeOf(file.path);
    const target = homeOf(join(dirname(file.path), source));
    // Leaving one's package by a relative path is as wrong as entering another one.
    return home === target || (home === undefined && target === undefined);
  }
  const [, name, rest] = /^@causeway\/([^/]+)(\/.*)?$/.exec(source) ?? [];
  const subpaths = name === undefined ? undefined : exported[name];
  return subpaths === undefined || subpaths.includes(rest === undefined ? '.' : `.${rest}`);
}

const homeOf = (path: string): string | undefined => /^(packages|apps)\/[^/]+/.exec(path)?.[0];

function importsOf(file: SourceFile): readonly Import[] {
  return file.nodes.flatMap(({ node }) => {
    const source = sourceOf(node);
    return source?.type === 'Literal' && typeof source.value === 'string'
      ? [{ at: source.start, source: source.value }]
      : [];
  });
}

function sourceOf(node: Node): Node | null | undefined {
  switch (node.type) {
    case 'ImportDeclaration':
    case 'ExportAllDeclaration':
    case 'ExportNamedDeclaration':
    case 'ImportExpression':
    case 'TSImportType':
      return node.source;
    default:
      return undefined;
  }
}
