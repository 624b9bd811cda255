/** docker-compose.yml, as Docker reads it where its CLI is, and in any case as YAML: no engine is needed. */
import { execFileSync, spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { parse } from 'yaml';
import { loadConfig } from '#config/load.ts';

interface Container {
  readonly image: string;
  readonly command?: readonly string[];
  readonly read_only?: boolean;
  readonly cap_drop?: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  readonly healthcheck?: { readonly test?: readonly string[]; readonly disable?: boolean };
  readonly stop_grace_period?: string;
  readonly volumes?: readonly (string | { readonly type: string; readonly source: string; readonly target: string })[];
  readonly depends_on?: Readonly<Record<string, { readonly condition: string }>>;
  readonly ports?: readonly (string | { readonly host_ip: string })[];
}
type Containers = Readonly<Record<string, Container>>;

const root = join(import.meta.dirname, '..', '..');
const read = (name: string) => readFileSync(join(root, name), 'utf8');
const secret = 'ab'.repeat(32);
const nodes = ['control', 'voice', 'edge'];

const readers: [string, () => Containers][] = [
  ['as YAML', () => (parse(read('docker-compose.yml'), { merge: true }) as { services: Containers }).services],
];
if (spawnSync('docker', ['compose', 'version']).status === 0) readers.push(['as docker compose reads it', resolved]);

function resolved(): Containers {
  const env = { ...process.env, CALLBOARD_VAULT_SECRET: secret };
  const args = ['compose', '-f', join(root, 'docker-compose.yml'), 'config', '--format', 'json'];
  return (JSON.parse(execFileSync('docker', args, { env, encoding: 'utf8' })) as { services: Containers }).services;
}

/** Of `150s` and of `2m30s`. */
function secondsOf(duration = '0s'): number {
  const [, minutes = '0', seconds = '0'] = /^(?:(\d+)m)?(?:(\d+)s)?$/.exec(duration) ?? [];
  return Number(minutes) * 60 + Number(seconds);
}

describe.each(readers)('docker-compose.yml, %s,', (_, services) => {
  const all = services();
  const of = (name: string) => all[name] as Container;

  test('has the bus, the database, a node for each role, the far side and who starts the campaign', () => {
    expect(Object.keys(all).sort()).toEqual(['control', 'edge', 'example', 'mongodb', 'nats', 'practice', 'voice']);
    expect(nodes.map((name) => of(name).environment?.CALLBOARD_ROLES)).toEqual(nodes);
    expect(nodes.map((name) => of(name).environment?.CALLBOARD_NODE_ID)).toEqual(nodes);
  });

  test('pins what is not ours', () => {
    expect(of('nats').image).toMatch(/^nats:2\.\d+\.\d+/);
    expect(of('mongodb').image).toMatch(/^mongo:8\.\d/);
    expect(of('mongodb').command).toContain('--replSet');
    expect(of('mongodb').healthcheck?.test?.join(' ')).toMatch(/rs\.initiate.*isWritablePrimary/);
  });

  test.each(nodes)('%s is read-only but for its volume, is asked for its health, and may drain', (name) => {
    const { read_only, cap_drop, healthcheck, stop_grace_period, volumes, depends_on } = of(name);
    expect({ read_only, cap_drop }).toEqual({ read_only: true, cap_drop: ['ALL'] });
    expect(healthcheck?.test).toEqual(['CMD', 'node', 'scripts/callboard.ts', 'health', 'readyz']);
    const drainLimitMs = (JSON.parse(read('config/docker.json')) as { drainLimitMs: number }).drainLimitMs;
    expect(secondsOf(stop_grace_period) * 1000).toBeGreaterThan(drainLimitMs);
    const [volume] = volumes ?? [];
    expect(typeof volume === 'string' ? volume : `${volume?.source}:${volume?.target}`).toBe(`${name}:/data`);
    expect(depends_on).toMatchObject({
      nats: { condition: 'service_healthy' },
      mongodb: { condition: 'service_healthy' },
    });
  });

  test('shows nothing of it to other machines', () => {
    const published = Object.values(all).flatMap(({ ports = [] }) => ports);
    expect(published).toHaveLength(nodes.length);
    for (const port of published) {
      expect(typeof port === 'string' ? port.split(':')[0] : port.host_ip).toBe('127.0.0.1');
    }
  });

  test('holds no secret but the one that a person gives', () => {
    const given = /^(\$\{CALLBOARD_VAULT_SECRET:\?.+\}|(ab){32})$/;
    const environments = Object.values(all).flatMap(({ environment = {} }) => Object.entries(environment));
    const secrets = environments.filter(([name]) => /SECRET|TOKEN|PASSWORD|KEY/.test(name));
    expect(secrets.length).toBeGreaterThan(0);
    for (const [, value] of secrets) expect(value).toMatch(given);
    expect(JSON.stringify(all).replaceAll(secret, '')).not.toMatch(/[0-9a-f]{32}|:\/\/[^/\s]+@/i);
  });
});

describe('what stands beside it', () => {
  const before = { ...process.env };
  beforeEach(() => {
    process.env.CALLBOARD_VAULT_SECRET = secret;
  });
  afterEach(() => {
    process.env = { ...before };
  });

  test('config/docker.json is usable and names the containers', () => {
    const config = loadConfig({ file: join(root, 'config', 'docker.json') });
    const { nats, practice } = readers[0]?.[1]() ?? {};
    expect([nats, practice]).not.toContain(undefined);
    expect(config).toMatchObject({ dataFolder: '/data', nats: { url: 'nats://nats:4222' } });
    expect(config.mongodb?.url).toMatch(/^mongodb:\/\/mongodb:27017\/\?replicaSet=callboard$/);
    const [, port] = /^sip:practice:(\d+)$/.exec(config.trunks.practice?.uri ?? '') ?? [];
    expect(practice?.command).toEqual(['practice-carrier', '--address', 'practice', '--port', port]);
  });

  test('the image runs the Node that is pinned here, by nobody privileged', () => {
    const pinned = (JSON.parse(read('package.json')) as { dependencies: Record<string, string> }).dependencies.node;
    const dockerfile = read('Dockerfile');
    const images = [...dockerfile.matchAll(/^FROM (\S+)/gm)].map(([, image]) => image);
    expect(new Set(images)).toEqual(new Set([`node:${pinned?.split('.')[0]}-slim`]));
    expect(dockerfile).toMatch(/^USER node$/m);
    expect(dockerfile).toMatch(/^HEALTHCHECK .*\\\n.*"health", "livez"\]$/m);
  });

  test('a file with secrets gets neither into git nor into an image', () => {
    expect(read('.gitignore').split('\n')).toContain('.env');
    expect(read('.dockerignore').split('\n')).toEqual(expect.arrayContaining(['.*', 'data']));
  });
});
