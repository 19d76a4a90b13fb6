// Files of one folder over HTTP, and nothing outside it. Unknown paths without an extension get the
// index page, because an app's own routes are its own business.
import { createReadStream } from 'node:fs';
import { realpath, stat } from 'node:fs/promises';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { extname, join, sep } from 'node:path';
import { pipeline } from 'node:stream/promises';

const typesByExtension: Readonly<Record<string, string>> = {
  '.css': 'text/css; charset=utf-8',
  '.html': 'text/html; charset=utf-8',
  '.ico': 'image/x-icon',
  '.jpg': 'image/jpeg',
  '.js': 'text/javascript; charset=utf-8',
  '.json': 'application/json',
  '.map': 'application/json',
  '.mjs': 'text/javascript; charset=utf-8',
  '.png': 'image/png',
  '.svg': 'image/svg+xml',
  '.txt': 'text/plain; charset=utf-8',
  '.wasm': 'application/wasm',
  '.webmanifest': 'application/manifest+json',
  '.webp': 'image/webp',
  '.woff2': 'font/woff2',
};

interface FoundFile {
  readonly path: string;
  readonly size: number;
  readonly etag: string;
}

/** Answers one GET or HEAD from `folder` (an absolute path). */
export async function serveFile(
  folder: string,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const found = await findFile(folder, request.url ?? '/');
  if (!found) {
    response.writeHead(404, { 'content-type': 'text/plain; charset=utf-8' }).end('not found\n');
    return;
  }
  const headers = {
    'content-type': typesByExtension[extname(found.path)] ?? 'application/octet-stream',
    'cache-control': cacheControl(found.path),
    etag: found.etag,
  };
  if (request.headers['if-none-match'] === found.etag) {
    response.writeHead(304, headers).end();
    return;
  }
  response.writeHead(200, { ...headers, 'content-length': found.size });
  if (request.method === 'HEAD') {
    response.end();
    return;
  }
  await pipeline(createReadStream(found.path), response);
}

/** The file that a request names, or the index page; undefined for what is not there. */
export async function findFile(folder: string, url: string): Promise<FoundFile | undefined> {
  const path = parsePath(url);
  if (path === undefined) return undefined;
  const root = await realpath(folder);
  const found = await describeFile(root, path.endsWith('/') ? `${path}index.html` : path);
  if (found) return found;
  return extname(path) === '' ? describeFile(root, '/index.html') : undefined;
}

/** The decoded path, or undefined for one that tries to leave the folder or cannot be a file's. */
function parsePath(url: string): string | undefined {
  const raw = url.split(/[?#]/, 1)[0] ?? '';
  try {
    const path = decodeURIComponent(raw);
    const isPlain = path.startsWith('/') && !/[\0\\]/.test(path);
    return isPlain && !path.split('/').includes('..') ? path : undefined;
  } catch {
    return undefined; // Not percent-encoding: the only way to learn it is to try.
  }
}

async function describeFile(root: string, path: string): Promise<FoundFile | undefined> {
  try {
    // Resolved, so that a symbolic link inside the folder does not lead out of it either.
    const real = await realpath(join(root, path));
    if (!real.startsWith(root + sep)) return undefined;
    const { size, mtimeMs, isFile } = await describe(real);
    return isFile ? { path: real, size, etag: `"${size}-${Math.trunc(mtimeMs)}"` } : undefined;
  } catch (error) {
    if (isAbsent(error)) return undefined;
    throw error;
  }
}

async function describe(path: string) {
  const found = await stat(path);
  return { size: found.size, mtimeMs: found.mtimeMs, isFile: found.isFile() };
}

function isAbsent(error: unknown): boolean {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  return code === 'ENOENT' || code === 'ENOTDIR' || code === 'ENAMETOOLONG';
}

/** Built files carry their hash in their name and never change; all others are asked for again. */
function cacheControl(path: string): string {
  const isHashed = /[-.][\w-]{8,}\.(css|js|mjs|wasm|woff2|png|svg|map)$/.test(path);
  return isHashed && path.includes(`${sep}assets${sep}`)
    ? 'public, max-age=31536000, immutable'
    : 'no-cache';
}
