import { createServer, type IncomingMessage, type RequestListener, type Server, type ServerResponse } from 'node:http';
import type { Handle } from './handle.js';

/** A day's reconciliation of a large pair is the largest body; more is no T/CEC message. */
const MOST_BYTES = 16 * 1024 * 1024;
const JSON_TYPE = { 'Content-Type': 'application/json;charset=utf-8' } as const;

/** A Handle as a node:http listener; the interface is the path behind `prefix`, by default /evcs/ and a version. */
export function listener(handle: Handle, { prefix = /^\/evcs\/v[\w.]+\// }: { prefix?: RegExp } = {}): RequestListener {
  return (request, response) => {
    const path = (request.url ?? '').split('?')[0]!;
    const name = prefix.test(path) ? path.replace(prefix, '') : '';
    if (!/^\w{1,64}$/.test(name)) return end(response, 404);
    if (request.method !== 'POST') return end(response, 405);
    read(request).then(
      async (body) => {
        if (body === undefined) return end(response, 413);
        const answer = await handle({ interface: name, authorization: request.headers.authorization, body });
        end(response, answer.status, answer.body);
      },
      () => response.destroy(),
    );
  };
}

/** Listens; resolves once it does. */
export async function listen(
  handle: Handle,
  { port, host = '127.0.0.1', ...options }: { port: number; host?: string; prefix?: RegExp },
): Promise<{ port: number; server: Server; close(): Promise<void> }> {
  const server = createServer(listener(handle, options));
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, resolve);
  });
  const address = server.address();
  return {
    port: typeof address === 'object' && address !== null ? address.port : port,
    server,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function end(response: ServerResponse, status: number, body = ''): void {
  response.writeHead(status, {
    ...JSON_TYPE,
    'Content-Length': Buffer.byteLength(body),
    ...(status === 413 ? { Connection: 'close' } : {}),
  });
  response.end(body);
}

/** The body as text; undefined when it is too long, and then the rest is not read. */
async function read(request: IncomingMessage): Promise<string | undefined> {
  if (Number(request.headers['content-length'] ?? 0) > MOST_BYTES) return undefined;
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > MOST_BYTES) return undefined;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}
