// A file and a function stay short enough to be read at one sitting. Only lines with code count:
// nobody should save on comments to get below a limit.
import type { Node } from 'oxc-parser';
import type { HouseRule, PlacedNode, SourceFile } from './house-rule.ts';

const fileLinesMax = 300;
const functionLinesMax = 60;

const functionTypes = ['FunctionDeclaration', 'FunctionExpression', 'ArrowFunctionExpression'];

export const fileLength: HouseRule = {
  name: 'file-length',
  findIn: (file) => {
    const lines = codeLines(file, 0, file.text.length);
    return lines > fileLinesMax
      ? [{ at: 0, message: `${lines} code lines, the limit is ${fileLinesMax}` }]
      : [];
  },
};

export const functionLength: HouseRule = {
  name: 'function-length',
  findIn: (file) =>
    file.nodes
      .filter((placed) => functionTypes.includes(placed.node.type) && !isSuite(placed, file))
      .flatMap(({ node }) => {
        const lines = codeLines(file, node.start, node.end);
        return lines > functionLinesMax
          ? [{ at: node.start, message: `${lines} code lines, the limit is ${functionLinesMax}` }]
          : [];
      }),
};

/** What only groups tests: a `describe`'s callback, a contract. Each test in it is measured itself. */
function isSuite({ node, parent }: PlacedNode, file: SourceFile): boolean {
  if (file.path.startsWith('test/contracts/') && node.type === 'FunctionDeclaration') return true;
  return parent?.type === 'CallExpression' && isDescribe(parent.callee);
}

function isDescribe(node: Node): boolean {
  if (node.type === 'Identifier') return node.name === 'describe';
  if (node.type === 'CallExpression') return isDescribe(node.callee);
  if (node.type !== 'MemberExpression') return false;
  return (
    isDescribe(node.object) ||
    (node.property.type === 'Identifier' && node.property.name === 'describe')
  );
}

function codeLines(file: SourceFile, start: number, end: number): number {
  let code = file.text.slice(start, end);
  for (const comment of file.comments) {
    if (comment.start < start || comment.end > end) continue;
    const blank = file.text.slice(comment.start, comment.end).replace(/[^\n]/g, ' ');
    code = code.slice(0, comment.start - start) + blank + code.slice(comment.end - start);
  }
  return code.split('\n').filter((line) => line.trim() !== '').length;
}
