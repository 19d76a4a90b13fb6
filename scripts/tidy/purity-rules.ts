// Decisions can be replayed only if time, chance and the outside world come in as inputs.
// The compiler keeps most of the platform out of the pure packages; this catches what the language has.
import type { Node } from 'oxc-parser';
import type { Finding, HouseRule } from './house-rule.ts';

const purePackages = ['core', 'protocol', 'yjs', 'automerge', 'primary'];

const impureNames = [
  'Date',
  'console',
  'fetch',
  'performance',
  'queueMicrotask',
  'setImmediate',
  'setInterval',
  'setTimeout',
];

export const purity: HouseRule = {
  name: 'purity',
  findIn: (file) => {
    if (file.isTest || !purePackages.includes(file.packageName ?? '')) return [];
    return file.nodes.flatMap(({ node }) => impureUses(node));
  },
};

function impureUses(node: Node): readonly Finding[] {
  const used = usedName(node);
  if (used === undefined) return [];
  return [{ at: node.start, message: `${used} is not for pure packages: take it as an input` }];
}

/** The impure name that this node calls, constructs or reads from. */
function usedName(node: Node): string | undefined {
  if (node.type === 'MemberExpression') {
    const object = globalName(node.object);
    const property = node.property.type === 'Identifier' ? node.property.name : undefined;
    if (object === 'Math') return property === 'random' ? 'Math.random' : undefined;
    if (object === 'globalThis') return property && impure(property) ? property : undefined;
    return impure(object);
  }
  const isUse = node.type === 'CallExpression' || node.type === 'NewExpression';
  return isUse ? impure(globalName(node.callee)) : undefined;
}

const globalName = (node: Node): string | undefined =>
  node.type === 'Identifier' ? node.name : undefined;

const impure = (name: string | undefined): string | undefined =>
  name !== undefined && impureNames.includes(name) ? name : undefined;
