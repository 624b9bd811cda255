import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { loadConfig, loadConsoleConfig, loadCredentials, readPassword } from './load.ts';

const before = { ...process.env };
let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'callboard-config-'));
});
afterEach(() => {
  process.env = { ...before };
  rmSync(folder, { recursive: true });
});
const write = (name: string, text: string) => {
  writeFileSync(join(folder, name), text);
  return join(folder, name);
};

describe('the configuration', () => {
  test('is complete without a file or a variable, and frozen', () => {
    const config = loadConfig();
    expect(config).toMatchObject({ dataFolder: 'data', sip: { port: 0 }, trunks: {} });
    expect(() => Object.assign(config.sip, { port: 1 })).toThrow(TypeError);
  });

  test('takes the environment over the file, and the command line over both', () => {
    process.env.CALLBOARD_CONFIG = write(
      'c.json',
      '{"dataFolder":"from-file","sip":{"port":5070},"rtp":{"workers":2}}',
    );
    process.env.CALLBOARD_SIP_PORT = '5080';
    expect(loadConfig({ overrides: { dataFolder: 'from-line' } })).toMatchObject({
      dataFolder: 'from-line',
      sip: { port: 5080 },
      rtp: { workers: 2 },
    });
  });

  test.each(['UK', 'cn', 'XX', 'CHN'])('takes no region without a numbering plan: %s', (region) => {
    process.env.CALLBOARD_REGION = region;
    expect(() => loadConfig()).toThrow(
      /defaultRegion \(CALLBOARD_REGION\): must be a region of two letters by ISO 3166-1, .*GB/,
    );
    process.env.CALLBOARD_REGION = 'GB';
    expect(loadConfig().defaultRegion).toBe('GB');
  });

  test('reads a secret from the file that a variable names', () => {
    process.env.CALLBOARD_VAULT_SECRET_FILE = write('secret', `${'ab'.repeat(32)}\n`);
    expect(loadConfig().vaultSecret).toBe('ab'.repeat(32));
  });

  test('names every problem with its path, and no value', () => {
    process.env.CALLBOARD_SIP_PORT = 'many';
    process.env.CALLBOARD_VAULT_SECRET = 'short-secret';
    const load = () => loadConfig({ overrides: { rtp: { portFrom: 30_000, portTo: 20_000 } } });
    expect(load).toThrow(/sip\.port \(CALLBOARD_SIP_PORT\): must be a number; rtp\.portTo: must be above portFrom/);
    expect(load).toThrow(/vaultSecret \(CALLBOARD_VAULT_SECRET\): must be 64 hex digits/);
    expect(load).not.toThrow(/short-secret|many|NaN/);
  });

  test('takes no database of many nodes without the bus between them, and an empty variable for none', () => {
    process.env.CALLBOARD_MONGODB_URL = 'mongodb://127.0.0.1:27017';
    process.env.CALLBOARD_VAULT_SECRET = 'ab'.repeat(32);
    process.env.CALLBOARD_NATS_URL = '';
    expect(() => loadConfig()).toThrow(/nats.*: must be set where mongodb is/);
    process.env.CALLBOARD_MONGODB_URL = '';
    expect(loadConfig().mongodb).toBeUndefined();
  });

  test('asks for what nodes share, and takes the secrets of the bus from files', () => {
    process.env.CALLBOARD_NATS_URL = 'nats://127.0.0.1:4222';
    expect(() => loadConfig()).toThrow(/mongodb: must be set where nats is/);
    process.env.CALLBOARD_MONGODB_URL = 'mongodb://127.0.0.1:27017';
    expect(() => loadConfig()).toThrow(/vaultSecret: must be set where mongodb is/);
    for (const path of [
      'mongodb://127.0.0.1:27017/other',
      'mongodb://ann:x@a.example,b.example/other?replicaSet=rs0',
    ]) {
      process.env.CALLBOARD_MONGODB_URL = path;
      expect(() => loadConfig()).toThrow(/mongodb\.url .*must name no database in its path; set database/);
    }
    for (const path of ['mongodb://a.example,b.example/?replicaSet=rs0', 'mongodb+srv://db.example/']) {
      process.env.CALLBOARD_MONGODB_URL = path;
      expect(() => loadConfig()).toThrow(/usable; mend vaultSecret: must be set where mongodb is/);
    }
    process.env.CALLBOARD_VAULT_SECRET = 'ab'.repeat(32);
    process.env.CALLBOARD_NATS_TOKEN_FILE = write('token', 'a-token\n');
    process.env.CALLBOARD_ROLES = 'control, edge';
    expect(loadConfig()).toMatchObject({ nats: { token: 'a-token' }, roles: ['control', 'edge'] });
    process.env.CALLBOARD_NATS_USERNAME = 'a-user';
    process.env.CALLBOARD_ROLES = 'control,king';
    expect(() => loadConfig()).toThrow(/roles\.1: .*nats\.password: must stand beside username/);
  });

  test('refuses a setting that it does not know, and a file that is no JSON', () => {
    expect(() => loadConfig({ file: write('c.json', '{"dataFoldr":"x"}') })).toThrow(/dataFoldr/);
    expect(() => loadConfig({ file: write('d.json', 'data: x') })).toThrow(/is not JSON/);
    expect(() => loadConfig({ file: join(folder, 'none.json') })).toThrow(/cannot be read \(ENOENT\)/);
  });
});

test('a console needs no database where a node does', () => {
  const bus = { nats: { url: 'nats://127.0.0.1' } };
  expect(loadConsoleConfig({ overrides: bus })).toMatchObject(bus);
  expect(() => loadConfig({ overrides: bus })).toThrow(/mongodb: must be set where nats is/);
});

describe('credentials', () => {
  test('of a trunk in the configuration may stand in a file of their own', () => {
    expect(readPassword(write('p', 'a-secret\n'))).toBe('a-secret');
    expect(readPassword(undefined)).toBeUndefined();
    expect(() => readPassword(write('e', '\n'))).toThrow(/must hold a password on its first line/);
  });

  test('come from a file of two lines or from the environment', () => {
    expect(loadCredentials(write('c', 'alice\nsecret\n'))).toEqual({ username: 'alice', password: 'secret' });
    expect(loadCredentials()).toBeUndefined();
    process.env.CALLBOARD_TRUNK_USERNAME = 'bob';
    expect(() => loadCredentials()).toThrow(/Only one of/);
    process.env.CALLBOARD_TRUNK_PASSWORD_FILE = write('p', 'hidden\n');
    expect(loadCredentials()).toEqual({ username: 'bob', password: 'hidden' });
  });

  test('that are half there are refused without being repeated', () => {
    const load = () => loadCredentials(write('c', 'alice-only'));
    expect(load).toThrow(/first line and the password on its second/);
    expect(load).not.toThrow(/alice-only/);
  });
});
