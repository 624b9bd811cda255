/**
 * Health and figures of one node by HTTP, for orchestrators and Prometheus: /livez, /readyz, /metrics. No TLS and no
 * login: it listens where the configuration says, and shows nothing of people or calls.
 */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { SteadyClock } from '#ports/clock.ts';
import { FatalError } from '#ports/errors.ts';
import { type Check, missing, single } from './checks.ts';

export interface HealthOptions {
  readonly bindAddress: string;
  /** 0: any free port. */
  readonly port: number;
  readonly clock: SteadyClock;
  /** What must hold for the node to be ready, by name. */
  readonly checks: Readonly<Record<string, Check>>;
  /** For how long one of them that has held may fail before the node is not ready any more, ms; 0 where it is absent. */
  readonly patienceMs?: Readonly<Record<string, number>>;
  readonly metrics: { readonly contentType: string; text(): Promise<string> };
}

export interface Health {
  readonly port: number;
  /** From now on the node is not alive: it cannot go on, and should be started again. */
  fail(): void;
  close(): Promise<void>;
}

interface Page {
  readonly status: number;
  readonly contentType: string;
  readonly body: string;
}

/** A request is a line and a few headers; whoever takes longer than this, ms, is no orchestrator. */
const requestTimeoutMs = 5000;
/** An orchestrator, a Prometheus or two, and a person who looks. */
const mostConnections = 32;

/** @throws PORT_IN_USE; CONFIG_INVALID where the address is none of this machine's. */
export async function startHealth(options: HealthOptions): Promise<Health> {
  const { bindAddress, port, clock, checks, patienceMs = {}, metrics } = options;
  let isAlive = true;
  const guarded = Object.entries(checks).map(
    ([name, check]) => [name, single(check, clock, patienceMs[name])] as const,
  );
  const pages: Readonly<Record<string, () => Page | Promise<Page>>> = {
    '/livez': () => (isAlive ? text(200, 'alive\n') : text(503, 'the node cannot go on\n')),
    '/readyz': async () => {
      const names = await missing(guarded);
      return json(names.length === 0 ? 200 : 503, { missing: names });
    },
    '/metrics': async () => ({ status: 200, contentType: metrics.contentType, body: await metrics.text() }),
  };
  const server = createServer(
    { requestTimeout: requestTimeoutMs, headersTimeout: requestTimeoutMs },
    (request, response) => void answer(pages, request, response),
  );
  server.maxConnections = mostConnections;
  await listen(server, bindAddress, port);
  // The port does not keep a node alive that has ended otherwise.
  server.unref();
  return {
    port: (server.address() as AddressInfo).port,
    fail: () => {
      isAlive = false;
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

async function answer(
  pages: Readonly<Record<string, () => Page | Promise<Page>>>,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const { status, contentType, body } = await pageFor(pages, request);
  response.writeHead(status, {
    'content-type': contentType,
    'content-length': Buffer.byteLength(body),
    'cache-control': 'no-store',
  });
  response.end(request.method === 'HEAD' ? undefined : body);
}

async function pageFor(
  pages: Readonly<Record<string, () => Page | Promise<Page>>>,
  { method, url = '/' }: IncomingMessage,
): Promise<Page> {
  if (method !== 'GET' && method !== 'HEAD') return text(405, 'GET only\n');
  const path = url.replace(/\?.*$/, '');
  const page = Object.hasOwn(pages, path) ? pages[path] : undefined;
  if (!page) return text(404, `${Object.keys(pages).join(' ')}\n`);
  try {
    return await page();
  } catch {
    return text(500, 'the figures could not be collected\n');
  }
}

function listen(server: Server, bindAddress: string, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.on('error', (cause: NodeJS.ErrnoException) => reject(refused(bindAddress, port, cause)));
    server.listen(port, bindAddress, resolve);
  });
}

function refused(bindAddress: string, port: number, cause: NodeJS.ErrnoException): FatalError {
  if (cause.code === 'EADDRINUSE') {
    return new FatalError(
      'PORT_IN_USE',
      `The port ${port} on ${bindAddress} for health and metrics is in use: stop the other program or set CALLBOARD_HTTP_PORT to another.`,
      { cause },
    );
  }
  return new FatalError(
    'CONFIG_INVALID',
    `Health and metrics cannot listen at ${bindAddress}:${port} (${cause.code}): set CALLBOARD_HTTP_ADDRESS to an address of this machine.`,
    { cause },
  );
}

function text(status: number, body: string): Page {
  return { status, contentType: 'text/plain; charset=utf-8', body };
}

function json(status: number, body: object): Page {
  return { status, contentType: 'application/json', body: `${JSON.stringify(body)}\n` };
}
