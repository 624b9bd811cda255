/** The nodes of a cluster on one machine, and what they share. */
import { mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { loadOrCreateVaultSecret } from '#adapters/vault/secret.ts';
import type { ConfigInput } from '#config/schema.ts';
import { type NodeProcess, startNodeProcess } from './node-process.ts';

export interface FleetSetup {
  /** Settings that all nodes share; the vault's secret is made below the folder. */
  readonly shared: ConfigInput;
  readonly folder: string;
}

export interface Fleet {
  /** File of the shared settings, the secret among them, readable by its owner only. */
  readonly configFile: string;
  /** Starts a node under this number, 1 or more; its name is node-NUMBER. */
  start(number: number, environment?: Readonly<Record<string, string>>): Promise<NodeProcess>;
}

const firstRtpPort = 20_000;
/** Two ports a leg. */
const rtpPortsEach = 2000;

export function createFleet({ shared, folder }: FleetSetup): Fleet {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const vaultSecret = loadOrCreateVaultSecret(join(folder, 'vault.key'));
  const configFile = join(folder, 'cluster.json');
  writePrivate(configFile, JSON.stringify({ ...shared, vaultSecret }, null, 2));
  return {
    configFile,
    start(number, environment = {}) {
      const rtpFrom = firstRtpPort + (number - 1) * rtpPortsEach;
      const name = `node-${number}`;
      return startNodeProcess({
        name,
        configFile,
        dataFolder: join(folder, name),
        rtpFrom,
        rtpTo: rtpFrom + rtpPortsEach - 1,
        environment,
      });
    },
  };
}

/** A file that is there would keep its mode, and whoever has it open would read on. */
function writePrivate(path: string, text: string): void {
  const draft = `${path}.new`;
  rmSync(draft, { force: true });
  writeFileSync(draft, text, { mode: 0o600, flag: 'wx' });
  renameSync(draft, path);
}
