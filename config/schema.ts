/** Everything that can be configured, with its meaning, its range and its default. */
import { z } from 'zod';

const port = z.number().int().min(0).max(65_535);

/** A carrier's gateway. */
export const trunkSchema = z.strictObject({
  /** sip:HOST[:PORT] (RFC 3261, 19.1). */
  uri: z.string().regex(/^sip:[^@;?\s]+$/, 'must be sip:HOST[:PORT]'),
  username: z.string().min(1).optional(),
  password: z.string().min(1).optional(),
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

export const configSchema = z.strictObject({
  /** Journal, vault, lists, recordings and the log live below it. */
  dataFolder: z.string().min(1).default('data'),
  /** Name of this node on the bus. */
  nodeId: z
    .string()
    .regex(/^[A-Za-z0-9._-]{1,100}$/)
    .default('callboard'),
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
    .regex(/^[A-Z]{2}$/)
    .optional(),
  /** 64 hex digits. Without it a secret is generated into the data folder, readable by its owner only. */
  vaultSecret: z
    .string()
    .regex(/^[0-9a-fA-F]{64}$/, 'must be 64 hex digits')
    .optional(),
  trunks: z.record(z.string().regex(/^[A-Za-z0-9._-]{1,100}$/), trunkSchema).default({}),
});

export type Config = z.output<typeof configSchema>;
export type ConfigInput = z.input<typeof configSchema>;
export type TrunkConfig = z.output<typeof trunkSchema>;
