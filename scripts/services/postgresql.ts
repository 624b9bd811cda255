/** Debian's PostgreSQL as FerretDB's storage: a cluster of its own, on loopback only, owned by nobody privileged. */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { chownSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { FatalError } from '#ports/errors.ts';
import type { Owner, ServiceKind } from './kind.ts';
import { loopback } from './ports.ts';
import { needProgram } from './programs.ts';
import { runTool } from './tool.ts';

const binaries = ['/usr/lib/postgresql/*/bin'];
const remedy = 'apt-get install postgresql, or put a mongod on PATH';
/** Its only role. Trust is for those on this machine, as is everything here. */
const role = 'callboard';
/** What FerretDB takes (ferretdb.ts), and some for those who look. */
const mostConnections = 220;
/** What FerretDB looks for at each lookup, beside the indexes that it makes. */
const lookups = join(import.meta.dirname, 'lookups.sql');
/**
 * It sends the field that it looks up as a parameter: a plan for every field at once would read the whole table. And
 * the time in which such small questions are compiled is longer than they are.
 */
const planning = ['plan_cache_mode=force_custom_plan', 'jit=off'];
const access = `host all ${role} ${loopback}/32 trust\n`;

export const postgresql: ServiceKind = {
  name: 'postgresql',
  urlOf: (port) => `postgres://${role}@${loopback}:${port}/postgres`,
  async prepare({ folder, port, signal }) {
    const program = needProgram('postgres', remedy, binaries);
    const owner = process.getuid?.() === 0 ? unprivileged() : undefined;
    const home = owner ? reachable(folder, owner) : folder;
    const data = join(home, 'data');
    if (!existsSync(data)) await makeCluster(data, owner, signal);
    const settings = [
      `listen_addresses=${loopback}`,
      'unix_socket_directories=',
      `max_connections=${mostConnections}`,
      ...planning,
    ];
    const args = ['-D', data, '-p', `${port}`, ...settings.flatMap((setting) => ['-c', setting])];
    // SIGINT is its fast shutdown; SIGTERM would wait until FerretDB has gone.
    return { program, args, stopSignal: 'SIGINT', ...(owner ? { owner } : {}) };
  },
  async settle(port, signal) {
    const program = needProgram('psql', remedy, binaries);
    const args = ['-X', '-q', '-v', 'ON_ERROR_STOP=1', '-d', postgresql.urlOf(port), '-f', lookups];
    await runTool(program, args, { signal });
  },
  async ask(port) {
    const program = needProgram('pg_isready', remedy, binaries);
    await runTool(program, ['-q', '-h', loopback, '-p', `${port}`, '-t', '2'], {});
  },
};

/** Whole or not at all: a cluster that was cut short has another name. */
async function makeCluster(data: string, owner: Owner | undefined, signal: AbortSignal): Promise<void> {
  const fresh = `${data}.new`;
  rmSync(fresh, { recursive: true, force: true });
  mkdirSync(fresh, { recursive: true, mode: 0o700 });
  if (owner) chownSync(fresh, owner.uid, owner.gid);
  const args = ['-D', fresh, '-U', role, '-E', 'UTF8', '--locale=C', '-A', 'trust', '--no-instructions'];
  await runTool(needProgram('initdb', remedy, binaries), args, { signal, ...(owner ? { owner } : {}) });
  writeFileSync(join(fresh, 'pg_hba.conf'), access);
  renameSync(fresh, data);
}

/** PostgreSQL refuses to run as root; Debian has made somebody for it. */
function unprivileged(): Owner {
  const users = readFileSync('/etc/passwd', 'utf8')
    .split('\n')
    .map((line) => line.split(':'));
  const user = ['postgres', 'nobody'].flatMap((name) => users.filter(([known]) => known === name))[0];
  if (user) return { uid: Number(user[2]), gid: Number(user[3]) };
  throw new FatalError(
    'SERVICE_UNAVAILABLE',
    'PostgreSQL does not run as root, and there is neither a user postgres nor nobody: run this as another user.',
  );
}

/** The folder, or where it lies in one that only root may enter, another that stands for it. */
function reachable(folder: string, owner: Owner): string {
  if (mayEnter(dirname(folder), owner)) {
    chownSync(folder, owner.uid, owner.gid);
    return folder;
  }
  const name = createHash('sha256').update(folder).digest('hex').slice(0, 12);
  const other = join('/var/lib/callboard', `postgresql-${name}`);
  mkdirSync(other, { recursive: true, mode: 0o755 });
  chownSync(other, owner.uid, owner.gid);
  return other;
}

function mayEnter(folder: string, { uid, gid }: Owner): boolean {
  return spawnSync('test', ['-x', folder], { uid, gid, cwd: '/' }).status === 0;
}
