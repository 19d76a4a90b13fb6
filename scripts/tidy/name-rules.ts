// A file is named for what it holds. These words name nothing, and what has no name collects everything.
import { basename } from 'node:path';
import type { HouseRule } from './house-rule.ts';

const emptyWords =
  /^(manager|helper|util|utilitie|impl|implementation|common|misc|base|data|process)s?$/;

export const fileName: HouseRule = {
  name: 'file-name',
  findIn: (file) =>
    basename(file.path)
      .toLowerCase()
      .split(/[-_.]/)
      .filter((part) => emptyWords.test(part))
      .map((part) => ({
        at: 0,
        message: `"${part}" says nothing: name the file for its main export`,
      })),
};

export const openingComment: HouseRule = {
  name: 'opening-comment',
  findIn: (file) => {
    const start = file.text.length - file.text.replace(/^#!.*\n?/, '').trimStart().length;
    return file.text.startsWith('//', start) || file.text.startsWith('/*', start)
      ? []
      : [
          {
            at: 0,
            message: 'open the file with a comment: its question, and where the answer is from',
          },
        ];
  },
};
