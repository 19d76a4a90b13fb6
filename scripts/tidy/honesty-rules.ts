// No switching off: neither the compiler's judgement nor a test.
import type { Node } from 'oxc-parser';
import type { HouseRule } from './house-rule.ts';

const testFunctions = ['bench', 'context', 'ctx', 'describe', 'expect', 'it', 'suite', 'test'];
const switches = ['fails', 'fixme', 'only', 'runIf', 'skip', 'skipIf', 'todo'];

export const asAny: HouseRule = {
  name: 'as-any',
  findIn: (file) =>
    file.nodes
      .filter(({ node, parent }) => node.type === 'TSAnyKeyword' && isAssertion(parent))
      .map(({ node }) => ({
        at: node.start,
        message: '`as any` hides what the compiler would say',
      })),
};

export const tsIgnore: HouseRule = {
  name: 'ts-ignore',
  findIn: (file) =>
    file.comments
      .filter((comment) => /^[\s*/]*@ts-(ignore|nocheck)\b/.test(comment.value))
      .map(({ start }) => ({
        at: start,
        message: 'use @ts-expect-error, which ends with its cause',
      })),
};

export const switchedOffTest: HouseRule = {
  name: 'switched-off-test',
  findIn: (file) =>
    file.isTest
      ? file.nodes.flatMap(({ node }) =>
          node.type === 'MemberExpression' && isSwitch(node.property) && isTestFunction(node.object)
            ? [{ at: node.property.start, message: 'every test runs, always' }]
            : [],
        )
      : [],
};

const isAssertion = (node: Node | undefined): boolean =>
  node?.type === 'TSAsExpression' || node?.type === 'TSTypeAssertion';

const isSwitch = (node: Node): boolean =>
  node.type === 'Identifier' && switches.includes(node.name);

function isTestFunction(node: Node): boolean {
  if (node.type === 'Identifier') return testFunctions.includes(node.name);
  if (node.type === 'MemberExpression') return isTestFunction(node.object);
  return node.type === 'CallExpression' && isTestFunction(node.callee);
}
