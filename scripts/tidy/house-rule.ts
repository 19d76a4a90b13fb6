// What a house rule sees of a source file, and what it says about one.
import { type Comment, type Node, parseSync, visitorKeys } from 'oxc-parser';

export interface Violation {
  readonly line: number;
  readonly rule: string;
  readonly message: string;
}

/** A problem at an offset of the text; the line is found when it is reported. */
export interface Finding {
  readonly at: number;
  readonly message: string;
}

export interface SourceFile {
  /** Relative to the repository, with forward slashes. */
  readonly path: string;
  readonly text: string;
  readonly nodes: readonly PlacedNode[];
  readonly comments: readonly Comment[];
  readonly isTest: boolean;
  /** `core` for a file below packages/core, else undefined. */
  readonly packageName: string | undefined;
}

export interface PlacedNode {
  readonly node: Node;
  readonly parent: Node | undefined;
}

export interface HouseRule {
  readonly name: string;
  readonly findIn: (file: SourceFile) => readonly Finding[];
}

export function parseSource(path: string, text: string): SourceFile {
  const { program, comments, errors } = parseSync(path, text);
  const [first] = errors;
  if (first !== undefined) throw new SyntaxError(`${path}: ${first.message}`);
  return {
    path,
    text,
    nodes: placeNodes(program),
    comments,
    isTest: /\.(test|spec)\.tsx?$/.test(path) || path.startsWith('test/'),
    packageName: /^packages\/([^/]+)\//.exec(path)?.[1],
  };
}

export function lineAt(text: string, offset: number): number {
  return text.slice(0, offset).split('\n').length;
}

/** All nodes in source order, each with the node that holds it. */
function placeNodes(program: Node): readonly PlacedNode[] {
  const placed: PlacedNode[] = [];
  const place = (node: Node, parent: Node | undefined): void => {
    placed.push({ node, parent });
    for (const child of childrenOf(node)) place(child, node);
  };
  place(program, undefined);
  return placed;
}

function childrenOf(node: Node): readonly Node[] {
  const fields = node as unknown as Readonly<Record<string, unknown>>;
  return (visitorKeys[node.type] ?? []).flatMap((key) => [fields[key]].flat()).filter(isNode);
}

function isNode(value: unknown): value is Node {
  return typeof value === 'object' && value !== null && 'type' in value;
}
