// The app's own files over HTTP: right types, safe headers, and nothing outside the folder.
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Relay, startRelay } from '@causeway/relay';
import { afterAll, beforeAll, expect, test } from 'vitest';

let folder: string;
let relay: Relay;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'causeway-'));
  const site = join(folder, 'site');
  await mkdir(join(site, 'assets'), { recursive: true });
  await writeFile(join(folder, 'secret.txt'), 'secret');
  await writeFile(join(site, 'index.html'), '<h1>bank</h1>');
  await writeFile(join(site, 'manifest.webmanifest'), '{}');
  await writeFile(join(site, 'assets', 'main-8hex8hex.js'), 'export {}');
  await writeFile(join(site, 'assets', 'a b.wasm'), '');
  await symlink(join(folder, 'secret.txt'), join(site, 'link.txt'));
  relay = await startRelay({ data: join(folder, 'log'), port: 0, site });
});
afterAll(async () => {
  await relay.close();
  await rm(folder, { recursive: true });
});

interface Answer {
  readonly status: number | undefined;
  readonly headers: NodeJS.Dict<string | string[]>;
  readonly body: string;
}

/** Sends the path as it is: `fetch` would tidy it up before. */
async function get(path: string, o: { method?: string; headers?: object } = {}): Promise<Answer> {
  const { promise, resolve, reject } = Promise.withResolvers<Answer>();
  const { port } = relay;
  const headers = { ...o.headers };
  request({ host: '127.0.0.1', port, path, method: o.method ?? 'GET', headers }, (response) => {
    let body = '';
    response.on('data', (chunk: Buffer) => {
      body += String(chunk);
    });
    response.on('end', () =>
      resolve({ status: response.statusCode, headers: response.headers, body }),
    );
  })
    .on('error', reject)
    .end();
  return promise;
}

test.for([
  ['/', 'text/html; charset=utf-8'],
  ['/accounts/ann', 'text/html; charset=utf-8'],
  ['/index.html?v=1', 'text/html; charset=utf-8'],
  ['/manifest.webmanifest', 'application/manifest+json'],
  ['/assets/main-8hex8hex.js', 'text/javascript; charset=utf-8'],
  ['/assets/a%20b.wasm', 'application/wasm'],
])('%s is served as %s', async ([path = '', type]) => {
  const answer = await get(path);
  expect(answer).toMatchObject({ status: 200, headers: { 'content-type': type } });
  expect(answer.headers['x-content-type-options']).toBe('nosniff');
  expect(answer.headers['content-security-policy']).toContain("default-src 'self'");
});

test.for([
  '/../secret.txt',
  '/..%2fsecret.txt',
  '/%2e%2e/secret.txt',
  '/%2e%2e%2fsecret.txt',
  '/assets/../../secret.txt',
  '/..\\secret.txt',
  '/assets/..%5c..%5csecret.txt',
  '//../secret.txt',
  '/link.txt',
  '/%00secret.txt',
  '/%zz.txt',
  '/missing.js',
  `/${'a'.repeat(5_000)}.js`,
])('%s is not there', async (path) => {
  const { status, body } = await get(path);
  expect(status).toBe(404);
  expect(body).not.toContain('secret');
});

test('built files may be kept for ever, pages are asked for again', async () => {
  const built = await get('/assets/main-8hex8hex.js');
  expect(built.headers['cache-control']).toContain('immutable');
  const page = await get('/');
  expect(page.headers['cache-control']).toBe('no-cache');
  const again = await get('/', { headers: { 'if-none-match': page.headers['etag'] } });
  expect(again).toMatchObject({ status: 304, body: '' });
});

test('only reading is allowed, and health tells how durable the log is', async () => {
  expect((await get('/', { method: 'POST' })).status).toBe(405);
  expect(await get('/', { method: 'HEAD' })).toMatchObject({ status: 200, body: '' });
  const health = await get('/healthz');
  expect(JSON.parse(health.body)).toMatchObject({ status: 'ok', durability: 'fsync' });
});
