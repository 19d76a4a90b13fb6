// The relay's HTTP side: a health check and, if there is one, the app's own files.
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { serveFile } from './static-site.ts';

export interface HttpOptions {
  /** The folder of the app's files, absolute. */
  readonly site: string | undefined;
  readonly health: () => object;
  /** A request failed on our side; its connection ends, others go on. */
  readonly onError: (error: unknown) => void;
}

const securityHeaders: Readonly<Record<string, string>> = {
  'content-security-policy': [
    "default-src 'self'",
    // Automerge and SHA-256 libraries are WebAssembly; frameworks set inline styles.
    "script-src 'self' 'wasm-unsafe-eval'",
    "style-src 'self' 'unsafe-inline'",
    "img-src 'self' data: blob:",
    "connect-src 'self' ws: wss:",
    "worker-src 'self' blob:",
    "object-src 'none'",
    "base-uri 'self'",
    "frame-ancestors 'self'",
  ].join('; '),
  'cross-origin-resource-policy': 'same-origin',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
};

/** A server that is not listening yet. Slow and oversized requests end by themselves. */
export function createHttpServer(o: HttpOptions): Server {
  const server = createServer(
    { maxHeaderSize: 8 * 1024, headersTimeout: 5_000, requestTimeout: 10_000 },
    (request, response) => {
      answer(request, response, o).catch((error) => {
        // The reader went away in the middle of a file: its own business.
        if (!response.destroyed || response.headersSent === false) o.onError(error);
        response.destroy();
      });
    },
  );
  server.maxHeadersCount = 64;
  return server;
}

async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  o: HttpOptions,
): Promise<void> {
  for (const [name, value] of Object.entries(securityHeaders)) response.setHeader(name, value);
  if (request.method !== 'GET' && request.method !== 'HEAD') {
    response.writeHead(405, { allow: 'GET, HEAD' }).end();
    return;
  }
  if (request.url === '/healthz') {
    const body = `${JSON.stringify(o.health())}\n`;
    response.writeHead(200, { 'content-type': 'application/json', 'cache-control': 'no-store' });
    response.end(request.method === 'HEAD' ? undefined : body);
    return;
  }
  if (o.site === undefined) {
    response.writeHead(404, { 'content-type': 'text/plain; charset=utf-8' });
    response.end('A Causeway relay: connect by WebSocket. No site is served here.\n');
    return;
  }
  await serveFile(o.site, request, response);
}
