/** FerretDB, which speaks MongoDB's protocol: what stands in for MongoDB where that cannot be installed. */
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import type { Preparing, ServiceKind } from './kind.ts';
import { withClient } from './mongod.ts';
import { loopback } from './ports.ts';
import { needProgram } from './programs.ts';
import { runTool } from './tool.ts';

const source = join(import.meta.dirname, 'ferretdb');
const remedy = 'apt-get install golang-go (1.24 or newer), with which FerretDB is built once';
const longestBuildMs = 20 * 60_000;
/**
 * An update of FerretDB holds one connection to PostgreSQL while it waits for a second: as many updates at once as there
 * are connections wait for each other for ever. Several nodes together send more than its own 50.
 */
const poolSize = 200;

/** FerretDB in front of a PostgreSQL. */
export function ferretdb(postgresqlUrl: string): ServiceKind {
  return {
    name: 'ferretdb',
    urlOf: (port) => `mongodb://${loopback}:${port}`,
    async prepare(preparing) {
      const program = await build(preparing);
      const args = [
        `-postgresql-url=${postgresqlUrl}?pool_max_conns=${poolSize}`,
        `-listen-addr=${loopback}:${preparing.port}`,
      ];
      return { program, args, stopSignal: 'SIGTERM' };
    },
    // Its ping asks PostgreSQL too.
    ask: (port) => withClient(port, async (command) => void (await command({ ping: 1 }))),
  };
}

/** The program, built anew when its source has changed. */
async function build({ folder, say, signal }: Preparing): Promise<string> {
  const hash = createHash('sha256');
  for (const file of readdirSync(source).sort()) hash.update(file).update(readFileSync(join(source, file)));
  const program = join(folder, `ferretdb-${hash.digest('hex').slice(0, 12)}`);
  if (existsSync(program)) return program;
  const go = needProgram('go', remedy);
  say('Building FerretDB, once; this takes a minute or some.');
  mkdirSync(folder, { recursive: true });
  const args = ['build', '-trimpath', '-buildvcs=false', '-mod=readonly', '-o', `${program}.new`, '.'];
  const env = { ...process.env, CGO_ENABLED: '0' };
  await runTool(go, args, { cwd: source, env, signal, timeoutMs: longestBuildMs });
  renameSync(`${program}.new`, program);
  return program;
}
