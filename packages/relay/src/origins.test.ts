// Which pages may open a link, and which addresses are this machine's own.
import { expect, test } from 'vitest';
import { isAllowedOrigin, isLoopback } from './origins.ts';

test.for([
  ['127.0.0.1', true],
  ['127.1.2.3', true],
  ['localhost', true],
  ['LOCALHOST', true],
  ['::1', true],
  ['[::1]', true],
  ['0.0.0.0', false],
  ['::', false],
  ['', false],
  ['10.0.0.1', false],
  ['127.0.0.1.example', false],
  ['localhost.example', false],
] as const)('%s is this machine: %s', ([host, expected]) => {
  expect(isLoopback(host)).toBe(expected);
});

test.for([
  [undefined, true],
  ['http://localhost:5173', true],
  ['https://127.0.0.1', true],
  ['http://[::1]:8787', true],
  ['https://listed.example', true],
  ['https://listed.example:444', false],
  ['http://listed.example', false],
  ['https://evil.example', false],
  ['http://localhost.evil.example', false],
  ['http://localhost@evil.example', false],
  ['null', false],
  ['', false],
] as const)('a page of %s may connect: %s', ([origin, expected]) => {
  expect(isAllowedOrigin(origin, ['https://listed.example'])).toBe(expected);
});
