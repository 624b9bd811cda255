/** Ports of loopback. */
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { join } from 'node:path';

export const loopback = '127.0.0.1';

/** The port that a server had the last time where it is free, so that what was noted down stays true; else any. */
export async function portFor(folder: string): Promise<number> {
  const path = join(folder, 'port');
  const last = readPort(path);
  const port = (last === undefined ? undefined : await tryPort(last)) ?? (await tryPort(0));
  if (port === undefined) throw new Error('loopback has no free port');
  writeFileSync(path, `${port}\n`);
  return port;
}

/** The port, or for 0 any, when nobody listens there. */
async function tryPort(port: number): Promise<number | undefined> {
  const server = createServer();
  try {
    await once(server.listen(port, loopback), 'listening');
    return (server.address() as AddressInfo).port;
  } catch {
    return undefined;
  } finally {
    server.close();
  }
}

function readPort(path: string): number | undefined {
  try {
    return Number.parseInt(readFileSync(path, 'utf8'), 10) || undefined;
  } catch {
    return undefined;
  }
}
