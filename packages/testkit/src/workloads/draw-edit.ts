// What a person types: an insertion, a deletion or a change of format somewhere in a text.
import type { YjsFacet } from '@causeway/yjs';
import type { Random } from '../random.ts';
import type { Act } from './workload.ts';

const words = ['a', 'bc', 'hello ', '\n', 'ü', '😀', 'The end.'];
const formats = [{ bold: true }, { bold: null }, { italic: true }, { link: 'x' }, { link: null }];

/** An edit of the text `root` of a Yjs document. All chance is drawn now, none when it is made. */
export function drawTextEdit(random: Random, root: string): Act {
  const kind = random.pick(['insert', 'insert', 'insert', 'delete', 'format'] as const);
  const from = random.next();
  const count = random.between(1, 6);
  const word = random.pick(words);
  const format = random.pick(formats);
  return {
    type: 'edit',
    what: `${kind} at ${from.toFixed(3)} of ${root}`,
    edit(facet) {
      if (!isYjs(facet)) return;
      const text = facet.doc.getText(root);
      // Whole characters: editors keep to them, and Yjs does not converge on halves of a surrogate pair.
      const written = [...text.toString()];
      const start = Math.floor(from * (written.length + 1));
      const at = written.slice(0, start).join('').length;
      const { length } = written.slice(start, start + count).join('');
      if (kind === 'insert') text.insert(at, word);
      else if (length > 0 && kind === 'delete') text.delete(at, length);
      else if (length > 0) text.format(at, length, format);
    },
  };
}

function isYjs(facet: unknown): facet is YjsFacet {
  return typeof facet === 'object' && facet !== null && 'doc' in facet;
}
