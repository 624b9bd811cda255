/** The composition root: one node with everything it needs, made from the configuration. */
import { mkdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { ServiceBroker } from 'moleculer';
import pino, { type Logger } from 'pino';
import { callActor } from '#actors/call/call.actor.ts';
import { campaignActor } from '#actors/campaign/campaign.actor.ts';
import { contactActor } from '#actors/contact/contact.actor.ts';
import { trunkActor } from '#actors/trunk/trunk.actor.ts';
import { importList } from '#adapters/csv/list-import.ts';
import { createRtpMedia } from '#adapters/rtp/rtp-media.ts';
import { localAddressTowards } from '#adapters/sip/local-address.ts';
import { createSipTelephony } from '#adapters/sip/sip-telephony.ts';
import { openSqliteJournal } from '#adapters/sqlite/journal.ts';
import { openSqliteLeads } from '#adapters/sqlite/leads.ts';
import { openSqliteVault } from '#adapters/sqlite/vault.ts';
import { loadOrCreateVaultSecret } from '#adapters/vault/secret.ts';
import { brokerOptions } from '#config/broker.ts';
import type { Config } from '#config/schema.ts';
import { FatalError, RetryableError } from '#ports/errors.ts';
import type { Journal } from '#ports/journal.ts';
import type { Leads } from '#ports/leads.ts';
import { systemClock } from '#ports/system-clock.ts';
import type { Telephony } from '#ports/telephony.ts';
import type { RecordAccess } from '#ports/vault.ts';
import { callProtocol } from '#proto/generated/call.ts';
import { contactProtocol } from '#proto/generated/contact.ts';
import type { AnyActorDefinition } from '#runtime/actor.ts';
import { createRuntime, type Runtime } from '#runtime/runtime.ts';
import { type DialGate, openGate } from './dial-gate.ts';

export interface CallboardNode {
  readonly config: Config;
  readonly broker: ServiceBroker;
  readonly runtime: Runtime;
  readonly journal: Journal;
  readonly leads: Leads;
  readonly telephony: Telephony;
  readonly definitions: readonly AnyActorDefinition[];
  /** Resolves when the node cannot go on, with the error that a person must hear. */
  readonly failed: Promise<unknown>;
  fail(error: unknown): void;
  /** Which calls may be dialed; those that may not wait, if need be until the next start. */
  readonly gate: DialGate;
  hangUpAll(by: string): Promise<void>;
  /** Ends what is live, lets go of sockets and files. Once, however often it is asked for. */
  stop(): Promise<void>;
}

const stopGraceMs = 5000;
const livePhases: ReadonlySet<string> = new Set(['dialing', 'ringing', 'talking', 'ending']);

/**
 * Starts a node: what its last life left outstanding goes on.
 * @throws every error that a person can mend, with its code: a port in use, a broken journal, a wrong key.
 */
export async function startNode(config: Config, gate: DialGate = openGate()): Promise<CallboardNode> {
  const opened: Closing[] = [];
  try {
    return await compose(config, gate, opened);
  } catch (error) {
    // What it failed with is what a person must hear.
    await closeAll(opened).catch(() => {});
    throw error;
  }
}

type Closing = () => Promise<unknown>;

/** Closes in the opposite order, all of them; the first that failed is thrown in the end. */
async function closeAll(opened: Closing[]): Promise<void> {
  const failures: unknown[] = [];
  for (const close of opened.splice(0).reverse()) await close().catch((error: unknown) => failures.push(error));
  if (failures.length > 0) throw failures[0];
}

async function compose(config: Config, gate: DialGate, opened: Closing[]): Promise<CallboardNode> {
  const folder = makeFolder(config.dataFolder);
  const log = openLog(join(folder, 'callboard.log'), config.log.level);
  const journal = await openSqliteJournal({ path: join(folder, 'journal.db') });
  opened.push(() => journal.close());
  const leads = await openSqliteLeads({ path: join(folder, 'leads.db') });
  opened.push(() => leads.close());
  const vault = await openSqliteVault({
    path: join(folder, 'vault.db'),
    secret: config.vaultSecret ?? loadOrCreateVaultSecret(join(folder, 'vault.key')),
    clock: systemClock,
    record: recordAccess(() => runtime),
  });
  opened.push(() => vault.close());
  const bindAddress = config.sip.bindAddress ?? (await addressFor(config.trunks));
  const media = createRtpMedia({
    bindAddress: config.rtp.bindAddress ?? bindAddress,
    portRange: { from: config.rtp.portFrom, to: config.rtp.portTo },
    workers: config.rtp.workers,
    logger: log.child({ part: 'rtp' }),
  });
  opened.push(() => media.shutdown());
  const telephony = await createSipTelephony({ bindAddress, port: config.sip.port, log: log.child({ part: 'sip' }) });
  opened.push(() => telephony.close(stopGraceMs));
  for (const [trunkId, trunk] of Object.entries(config.trunks)) {
    const { uri, username, password, callerId } = trunk;
    const credentials = username && password ? { credentials: { username, password } } : {};
    await telephony.configureTrunk({ trunkId, uri, ...credentials, ...(callerId ? { callerId } : {}) });
  }

  const hasTrunk = (trunkId: string) => trunkId in config.trunks;
  const lists = {
    load: (path: string, campaignId: string) =>
      importList(path, campaignId, {
        vault,
        leads,
        ...(config.defaultRegion ? { defaultRegion: config.defaultRegion } : {}),
      }),
  };
  const definitions = [
    campaignActor({ leads, lists, clock: systemClock }),
    callActor({ telephony, media, vault, dataFolder: folder, clock: systemClock, hasTrunk, gate }),
    trunkActor({ telephony, clock: systemClock }),
    contactActor(),
  ];
  // Whoever stops the broker stops the node: Moleculer's console has an exit of its own.
  const broker = new ServiceBroker({
    ...brokerOptions(config, log),
    middlewares: [{ name: 'Node', stopping: () => closeAll(opened) }],
  });
  const runtime = createRuntime({
    broker,
    journal,
    clock: systemClock,
    logger: log.child({ part: 'runtime' }),
    actors: definitions,
    protocols: [],
  });
  const failure = Promise.withResolvers<unknown>();
  runtime.onFatal((error) => failure.resolve(error));
  await broker.start();
  opened.push(() => runtime.stop({ graceMs: stopGraceMs }));
  opened.push(async () => gate.close());
  await runtime.start();
  log.info({ node: config.nodeId }, 'the node is up');

  let stopping: Promise<void> | undefined;
  return {
    config,
    broker,
    runtime,
    journal,
    leads,
    telephony,
    definitions,
    failed: failure.promise,
    fail: (error) => failure.resolve(error),
    gate,
    hangUpAll: (by) => hangUpAll(runtime, by),
    stop: () => {
      stopping ??= broker.stop();
      return stopping;
    },
  };
}

/** Lets the vault tell its contacts before it gives or destroys anything. The runtime is made after the vault. */
export function recordAccess(runtime: () => Pick<Runtime, 'ask'>): RecordAccess {
  return async (contactId, fact) => {
    const recorded = await runtime().ask(contactProtocol, contactId, fact);
    if (recorded.ok) return;
    const { code, message } = recorded.rejection;
    if (code === 'CONTACT_ERASED') throw new FatalError('VAULT_CONTACT_UNKNOWN', message);
    throw new RetryableError('JOURNAL_UNAVAILABLE', `The reading of contact ${contactId} was not journaled (${code}).`);
  };
}

/** The address of this machine that the trunks can answer to: loopback while they are all on it. */
async function addressFor(trunks: Config['trunks']): Promise<string> {
  const seen = await Promise.all(Object.values(trunks).map(({ uri }) => localAddressTowards(uri)));
  return seen.find((address) => address !== undefined && !address.startsWith('127.')) ?? '127.0.0.1';
}

/** Calls that were not dialed yet stay as they are: the next start goes on with them. */
async function hangUpAll(runtime: Runtime, by: string): Promise<void> {
  const hangUp = async (id: string) => {
    const described = await runtime.ask(callProtocol, id, { type: 'DescribeCall' });
    const phase = described.ok ? described.reply?.phase : undefined;
    if (phase && livePhases.has(phase)) await runtime.ask(callProtocol, id, { type: 'HangUp', by });
  };
  const calls = runtime.activations().filter(({ kind }) => kind === 'call');
  await Promise.all(calls.map(({ id }) => hangUp(id)));
}

function makeFolder(path: string): string {
  try {
    mkdirSync(path, { recursive: true, mode: 0o700 });
    return resolve(path);
  } catch (cause) {
    const why = (cause as NodeJS.ErrnoException).code ?? 'unknown error';
    throw new FatalError(
      'CONFIG_INVALID',
      `The data folder ${path} cannot be made (${why}): choose another with --data.`,
      { cause },
    );
  }
}

function openLog(path: string, level: string): Logger {
  const file = pino.destination({ dest: path, append: true, mkdir: true, sync: false });
  // On a full disk the file would throw here, and at the exit of the process wait for room for ever.
  const stopWriting = { write: () => true, flush: () => {}, flushSync: () => {}, end: () => {} };
  file.once('error', () => Object.assign(file, stopWriting));
  return pino({ level, base: null }, file);
}
