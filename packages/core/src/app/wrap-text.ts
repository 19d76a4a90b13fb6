// Text in lines of a given width, for terminals.

/**
 * Breaks `text` at spaces into lines of at most `width` characters; a longer word is cut.
 * @remarks Cost: O(text). A character counts as one column: wide ones stand out at the right.
 */
export function wrapText(text: string, width: number): readonly string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ').flatMap((whole) => cut(whole, width))) {
    const longer = line === '' ? word : `${line} ${word}`;
    if (lengthOf(longer) > width && line !== '') {
      lines.push(line);
      line = word;
    } else line = longer;
  }
  return [...lines, line];
}

/** Characters, not UTF-16 units. */
export function lengthOf(text: string): number {
  return [...text].length;
}

/** `padEnd` by characters. */
export function padText(text: string, width: number): string {
  return text + ' '.repeat(Math.max(0, width - lengthOf(text)));
}

function cut(word: string, width: number): readonly string[] {
  const characters = [...word];
  if (characters.length <= width) return [word];
  const parts: string[] = [];
  for (let at = 0; at < characters.length; at += width) {
    parts.push(characters.slice(at, at + width).join(''));
  }
  return parts;
}
