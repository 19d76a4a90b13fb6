// The page about the surface says what the code says: its words, classes and signs are the tables'.
import { readFileSync } from 'node:fs';
import { closeSigns, linkSigns, modeSigns, storageSigns, workSigns } from '@causeway/client';
import { expect, test } from 'vitest';

const page = readFileSync(new URL('../../docs/API.md', import.meta.url), 'utf8');

test('docs/API.md has each status with its words, class and sign', () => {
  const rows = page.matchAll(/^\| `([a-z]+)`(?: \(keys only\))? \| (.+) \| `(.+)` \| (.) \|$/gmu);
  const told = [...rows].map(([, status, words, name, icon]) => {
    return [status, { words, class: name, icon }];
  });
  expect(Object.fromEntries(told)).toEqual(workSigns);
});

test('no two states of different kinds share a class', () => {
  const tables = [workSigns, modeSigns, linkSigns, storageSigns, closeSigns];
  const names = tables.flatMap((table) => [...new Set(Object.values(table).map((s) => s.class))]);
  expect(new Set(names).size).toBe(names.length);
});
