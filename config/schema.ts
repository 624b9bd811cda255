/** Everything that can be configured, with its meaning, its range and its default. */
import { isSupportedCountry } from 'libphonenumber-js';
import { z } from 'zod';

const port = z.number().int().min(0).max(65_535);

/** A carrier's gateway. */
export const trunkSchema = z.strictObject({
  /** sip:HOST[:PORT] (RFC 3261, 19.1). */
  uri: z.string().regex(/^sip:[^@;?\s]+$/, 'must be sip:HOST[:PORT]'),
  username: z.string().min(1).optional(),
  password: z.string().min(1).optional(),
  /** File whose first line is the password, instead of it. */
  passwordFile: z.string().min(1).optional(),
  /** Number shown to those called, E.164 with plus. */
  callerId: z
    .string()
    .regex(/^\+[1-9]\d{4,14}$/, 'must be E.164 with plus')
    .optional(),
  /** Calls at once. */
  maxChannels: z.number().int().min(1).max(10_000).default(100),
  /** New calls a second. */
  callsPerSecond: z.number().positive().max(1000).default(50),
});

/** What a node does: `control` runs campaigns and contacts, `voice` holds calls, `edge` watches the gateways. */
export const roleSchema = z.enum(['control', 'voice', 'edge']);

/** The bus between the nodes. */
const natsSchema = z
  .strictObject({
    /** nats://HOST[:PORT], or tls://; several servers of one NATS cluster separated by commas. */
    url: z
      .string()
      .regex(/^(nats|tls):\/\/[^@\s]+$/, 'must be nats://HOST:PORT or tls://HOST:PORT, without a login in it'),
    username: z.string().min(1).optional(),
    password: z.string().min(1).optional(),
    token: z.string().min(1).optional(),
    /** PEM files; with one of them the connection is by TLS. */
    tls: z
      .strictObject({
        caFile: z.string().min(1).optional(),
        certFile: z.string().min(1).optional(),
        keyFile: z.string().min(1).optional(),
      })
      .optional(),
  })
  .refine((nats) => (nats.username === undefined) === (nats.password === undefined), {
    path: ['password'],
    error: 'must stand beside username',
  });

/** A path in the URL would be left aside: the node would silently write into another database than the one it names. */
const mongodbUrl = z
  .string()
  .regex(/^mongodb(\+srv)?:\/\/\S+$/, 'must be mongodb://HOST:PORT')
  .refine((url) => !/^\w+(\+srv)?:\/\/[^/?]+\/[^?]/.test(url), {
    error: 'must name no database in its path; set database (CALLBOARD_MONGODB_DATABASE), and authSource for the login',
  });

/** The database that all nodes share. */
const mongodbSchema = z.strictObject({
  url: mongodbUrl,
  database: z
    .string()
    .regex(/^[A-Za-z0-9_-]{1,60}$/)
    .default('callboard'),
  /**
   * Of this node to the server, at most. Half of them read actors into memory, so that writes find one free. Absent: the
   * driver's 100, and 6 to FerretDB, of whose 50 to PostgreSQL each write may take two.
   */
  connections: z.number().int().min(4).max(1000).optional(),
});

const settings = z.strictObject({
  /** Journal, vault, lists, recordings and the log live below it; in a cluster, recordings and the log only. */
  dataFolder: z.string().min(1).default('data'),
  /** Name of this node on the bus. */
  nodeId: z
    .string()
    .regex(/^[A-Za-z0-9._-]{1,100}$/)
    .default('callboard'),
  /** Name of the cluster: nodes of other names on the same bus are not seen. */
  cluster: z
    .string()
    .regex(/^[A-Za-z0-9_-]{1,60}$/)
    .default('callboard'),
  /** Which kinds of actors this node hosts (runtime/placement.ts). */
  roles: z.array(roleSchema).nonempty().default(['control', 'voice', 'edge']),
  /** This node's share of the actors, against that of the others. */
  weight: z.number().positive().max(100).default(1),
  /** Absent: one node, no bus; it stands beside mongodb, or neither does. */
  nats: natsSchema.optional(),
  /** Absent: journal, vault and lists are SQLite files in the data folder. */
  mongodb: mongodbSchema.optional(),
  /** Metrics and health checks by HTTP; absent: none. */
  http: z.strictObject({ bindAddress: z.ipv4().default('127.0.0.1'), port }).optional(),
  /** Where traces are sent (OTLP over HTTP), such as http://127.0.0.1:4318/v1/traces; absent: nowhere. */
  traces: z.strictObject({ url: z.url({ protocol: /^https?$/ }) }).optional(),
  /** How long a node that is told to leave waits for its live calls, ms. */
  drainLimitMs: z.number().int().min(0).max(86_400_000).default(120_000),
  log: z.strictObject({ level: z.enum(['debug', 'info', 'warn', 'error']) }).prefault({ level: 'info' }),
  sip: z
    .strictObject({
      /** Address of our socket, and what the far side is told; where it is absent, the one that the trunks can see. */
      bindAddress: z.ipv4().optional(),
      /** 0: any free port. */
      port: port.default(0),
    })
    .prefault({}),
  rtp: z
    .strictObject({
      /** As that of sip, which it follows where it is absent. */
      bindAddress: z.ipv4().optional(),
      /** Ports are taken in pairs, RTP even, RTCP odd. */
      portFrom: port.default(20_000),
      portTo: port.default(29_999),
      /** Worker threads; one serves some hundred calls. */
      workers: z.number().int().min(1).max(64).default(1),
    })
    .refine((rtp) => rtp.portTo > rtp.portFrom, { path: ['portTo'], error: 'must be above portFrom' })
    .prefault({}),
  /** Region of numbers that are written without a country code, such as CN; none: such numbers are refused. */
  defaultRegion: z
    .string()
    .refine(isSupportedCountry, 'must be a region of two letters by ISO 3166-1, such as CN (the United Kingdom is GB)')
    .optional(),
  /** Folder of law profiles instead of config/law/, in which each NAME.json is one (docs/law.md). */
  lawFolder: z.string().min(1).optional(),
  /** 64 hex digits. Without it a secret is generated into the data folder, readable by its owner only. */
  vaultSecret: z
    .string()
    .regex(/^[0-9a-fA-F]{64}$/, 'must be 64 hex digits')
    .optional(),
  trunks: z.record(z.string().regex(/^[A-Za-z0-9._-]{1,100}$/), trunkSchema).default({}),
});

/** With what one setting asks of another. */
export const configSchema = settings
  .refine((config) => !config.nats || config.mongodb, {
    path: ['mongodb'],
    error: 'must be set where nats is: nodes share one journal',
  })
  // Alone, a node would take the actors of every other node for those of lost ones.
  .refine((config) => !config.mongodb || config.nats, {
    path: ['nats'],
    error: 'must be set where mongodb is: nodes that share a journal must hear of each other',
  })
  .refine((config) => !config.mongodb || config.vaultSecret, {
    path: ['vaultSecret'],
    error: 'must be set where mongodb is: nodes share one vault',
  });

/** A console visits the bus and keeps nothing: it needs neither the database nor the secret of the vault. */
export const consoleSchema = settings;

export type Role = z.output<typeof roleSchema>;
export type Config = z.output<typeof configSchema>;
export type ConfigInput = z.input<typeof configSchema>;
export type TrunkConfig = z.output<typeof trunkSchema>;
