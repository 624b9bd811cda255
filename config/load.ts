/**
 * The one place that reads the environment. Defaults, then a file, then the environment, then what the command
 * line says; every problem is listed with its path, and the result is frozen.
 */
import { readFileSync } from 'node:fs';
import { FatalError } from '#ports/errors.ts';
import { type Config, type ConfigInput, configSchema, consoleSchema } from './schema.ts';

type Environment = Readonly<Record<string, string | undefined>>;
type Loose = Record<string, unknown>;

/** Which variable sets what. Those with a file twin, NAME_FILE, read the value from the file that it names. */
const variables: readonly {
  readonly name: string;
  readonly path: readonly string[];
  readonly as?: 'number' | 'list';
}[] = [
  { name: 'CALLBOARD_DATA', path: ['dataFolder'] },
  { name: 'CALLBOARD_NODE_ID', path: ['nodeId'] },
  { name: 'CALLBOARD_CLUSTER', path: ['cluster'] },
  { name: 'CALLBOARD_ROLES', path: ['roles'], as: 'list' },
  { name: 'CALLBOARD_WEIGHT', path: ['weight'], as: 'number' },
  { name: 'CALLBOARD_NATS_URL', path: ['nats', 'url'] },
  { name: 'CALLBOARD_NATS_USERNAME', path: ['nats', 'username'] },
  { name: 'CALLBOARD_NATS_PASSWORD', path: ['nats', 'password'] },
  { name: 'CALLBOARD_NATS_TOKEN', path: ['nats', 'token'] },
  { name: 'CALLBOARD_NATS_CA', path: ['nats', 'tls', 'caFile'] },
  { name: 'CALLBOARD_NATS_CERT', path: ['nats', 'tls', 'certFile'] },
  { name: 'CALLBOARD_NATS_KEY', path: ['nats', 'tls', 'keyFile'] },
  { name: 'CALLBOARD_MONGODB_URL', path: ['mongodb', 'url'] },
  { name: 'CALLBOARD_MONGODB_DATABASE', path: ['mongodb', 'database'] },
  { name: 'CALLBOARD_MONGODB_CONNECTIONS', path: ['mongodb', 'connections'], as: 'number' },
  { name: 'CALLBOARD_HTTP_ADDRESS', path: ['http', 'bindAddress'] },
  { name: 'CALLBOARD_HTTP_PORT', path: ['http', 'port'], as: 'number' },
  { name: 'CALLBOARD_TRACES_URL', path: ['traces', 'url'] },
  { name: 'CALLBOARD_DRAIN_LIMIT_MS', path: ['drainLimitMs'], as: 'number' },
  { name: 'CALLBOARD_LOG_LEVEL', path: ['log', 'level'] },
  { name: 'CALLBOARD_SIP_ADDRESS', path: ['sip', 'bindAddress'] },
  { name: 'CALLBOARD_SIP_PORT', path: ['sip', 'port'], as: 'number' },
  { name: 'CALLBOARD_RTP_ADDRESS', path: ['rtp', 'bindAddress'] },
  { name: 'CALLBOARD_RTP_PORT_FROM', path: ['rtp', 'portFrom'], as: 'number' },
  { name: 'CALLBOARD_RTP_PORT_TO', path: ['rtp', 'portTo'], as: 'number' },
  { name: 'CALLBOARD_RTP_WORKERS', path: ['rtp', 'workers'], as: 'number' },
  { name: 'CALLBOARD_REGION', path: ['defaultRegion'] },
  { name: 'CALLBOARD_LAW_FOLDER', path: ['lawFolder'] },
  { name: 'CALLBOARD_VAULT_SECRET', path: ['vaultSecret'] },
];

export interface LoadOptions {
  /** Overrides CALLBOARD_CONFIG. */
  readonly file?: string;
  /** The command line's. */
  readonly overrides?: ConfigInput;
}

/**
 * Reads the configuration.
 * @throws CONFIG_INVALID with every problem in one sentence; values are not repeated, they may be secrets.
 */
export function loadConfig(options: LoadOptions = {}): Config {
  return loadAs(configSchema, options);
}

/**
 * Reads the configuration for a process that hosts nothing, which needs less.
 * @throws CONFIG_INVALID as above.
 */
export function loadConsoleConfig(options: LoadOptions = {}): Config {
  return loadAs(consoleSchema, options);
}

function loadAs(schema: typeof configSchema, options: LoadOptions): Config {
  const environment: Environment = process.env;
  const file = options.file ?? environment.CALLBOARD_CONFIG;
  const merged = merge(merge(file ? readConfigFile(file) : {}, fromEnvironment(environment)), options.overrides ?? {});
  const parsed = schema.safeParse(merged);
  if (!parsed.success) {
    const problems = parsed.error.issues.map((issue) => `${nameOf(issue.path, environment)}: ${messageOf(issue)}`);
    throw new FatalError('CONFIG_INVALID', `The configuration is not usable; mend ${problems.join('; ')}.`);
  }
  return freeze(parsed.data);
}

/** Where a setting is to be mended: its path, and the variable where one has set it. */
function nameOf(path: readonly PropertyKey[], environment: Environment): string {
  const dotted = path.join('.') || 'the whole';
  const from = variables.find((variable) => variable.path.join('.') === dotted)?.name;
  const set = [from, `${from}_FILE`].find((name) => name !== undefined && environment[name] !== undefined);
  return set ? `${dotted} (${set})` : dotted;
}

function messageOf(issue: { readonly code?: string; readonly message: string }): string {
  // Text of a variable that is no number has become NaN, which nobody has written.
  return issue.code === 'invalid_type' && 'expected' in issue && issue.expected === 'number'
    ? 'must be a number'
    : issue.message;
}

/**
 * The first line of a file that holds a password; undefined where none is named.
 * @throws CONFIG_INVALID where it cannot be read or is empty.
 */
export function readPassword(file: string | undefined): string | undefined {
  if (file === undefined) return undefined;
  const password = readText(file).split(/\r?\n/)[0]?.trim();
  if (password) return password;
  throw new FatalError('CONFIG_INVALID', `The file ${file} must hold a password on its first line: write it there.`);
}

/** Username and password of a trunk, from a file of two lines or CALLBOARD_TRUNK_USERNAME and _PASSWORD. */
export function loadCredentials(file?: string): { readonly username: string; readonly password: string } | undefined {
  const environment: Environment = process.env;
  if (file !== undefined) {
    const [username, password] = readText(file)
      .split(/\r?\n/)
      .map((line) => line.trim());
    if (username && password) return { username, password };
    throw new FatalError(
      'CONFIG_INVALID',
      `The credentials file ${file} must hold the username on its first line and the password on its second: write both.`,
    );
  }
  const username = secret(environment, 'CALLBOARD_TRUNK_USERNAME');
  const password = secret(environment, 'CALLBOARD_TRUNK_PASSWORD');
  if (username && password) return { username, password };
  if (!username && !password) return undefined;
  throw new FatalError(
    'CONFIG_INVALID',
    'Only one of CALLBOARD_TRUNK_USERNAME and CALLBOARD_TRUNK_PASSWORD is set: set both or none.',
  );
}

function fromEnvironment(environment: Environment): Loose {
  const result: Loose = {};
  for (const { name, path, as } of variables) {
    const value = secret(environment, name);
    if (value === undefined) continue;
    let at = result;
    for (const key of path.slice(0, -1)) {
      at[key] ??= {};
      at = at[key] as Loose;
    }
    at[path.at(-1) ?? ''] = typed(value, as);
  }
  return result;
}

function typed(text: string, as?: 'number' | 'list'): unknown {
  if (as === 'number') return Number(text);
  return as === 'list' ? text.split(',').map((item) => item.trim()) : text;
}

function secret(environment: Environment, name: string): string | undefined {
  const file = environment[`${name}_FILE`];
  // An empty variable is one that is not set.
  return environment[name] || (file ? readText(file).trim() : undefined);
}

function readConfigFile(file: string): Loose {
  const text = readText(file);
  try {
    return JSON.parse(text) as Loose;
  } catch (cause) {
    throw new FatalError('CONFIG_INVALID', `The configuration file ${file} is not JSON: mend its syntax.`, { cause });
  }
}

function readText(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (cause) {
    const why = (cause as NodeJS.ErrnoException).code ?? 'unknown error';
    throw new FatalError('CONFIG_INVALID', `The file ${file} cannot be read (${why}): check its path and rights.`, {
      cause,
    });
  }
}

function merge(under: Loose, over: Loose): Loose {
  const result: Loose = { ...under };
  for (const [key, value] of Object.entries(over)) {
    if (value === undefined) continue;
    result[key] = isRecord(value) && isRecord(result[key]) ? merge(result[key], value) : value;
  }
  return result;
}

function isRecord(value: unknown): value is Loose {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function freeze<T>(value: T): T {
  if (isRecord(value)) for (const inner of Object.values(value)) freeze(inner);
  return Object.freeze(value);
}
