/** The database that all nodes of a cluster share. */
import { type Db, MongoClient, type MongoClientOptions } from 'mongodb';
import type { Clock } from '#ports/clock.ts';
import type { Logger } from '#ports/logger.ts';
import { readOrMakeRecord } from './cluster-record.ts';
import { refusalOf, tooOld, unusableUrl } from './connection-failure.ts';

export interface MongodbSetup {
  /** mongodb://HOST[:PORT] or mongodb+srv://, with a login in it if need be: it is never printed. */
  readonly url: string;
  readonly database: string;
  readonly clock: Clock;
  readonly logger: Logger;
  /** How long opening, and each later request, looks for a server that can serve it, ms. */
  readonly patienceMs?: number;
  /** To the server, at most; where it is absent the driver's 100, and 6 to FerretDB. */
  readonly connections?: number | undefined;
}

export interface MongodbConnection {
  /** Reads and writes are acknowledged by a majority, writes after they are on the disk. */
  readonly db: Db;
  /** Random, made with the database: tells two clusters apart that share a bus by mistake. */
  readonly clusterId: string;
  readonly server: MongodbServer;
  close(): Promise<void>;
}

export interface MongodbServer {
  readonly version: string;
  /** It speaks MongoDB's protocol but is none: it has no ranges by index, no plans, no majority. */
  readonly ferretdb: boolean;
  readonly replicaSet: boolean;
}

const oldestMajor = 6;
const defaultPatienceMs = 10_000;
/** A request that the server has taken and does not answer. */
const silenceMs = 30_000;

/**
 * FerretDB ignores the number that tells a write that was sent again, so that the second would meet the first; and it
 * stops for ever when updates hold all of its 50 connections to PostgreSQL, each waiting for one more.
 */
const forFerretdb: MongoClientOptions = { retryWrites: false, maxPoolSize: 6 };

/**
 * Connects, and makes the record of the cluster where there is none yet. The driver connects again by itself.
 * @throws DATABASE_UNREACHABLE, DATABASE_REFUSED, DATABASE_TOO_OLD, JOURNAL_NEWER, each in a sentence without the login.
 */
export async function openMongodb(setup: MongodbSetup): Promise<MongodbConnection> {
  let client = clientOf(setup, {});
  const { hosts } = client.options;
  try {
    const server = await serverOf(client);
    if (Number.parseInt(server.version, 10) < oldestMajor) throw tooOld(hosts, server.version);
    if (server.ferretdb) {
      await client.close();
      client = clientOf(setup, forFerretdb);
    }
    const db = client.db(setup.database);
    const { clusterId } = await readOrMakeRecord(db, setup.clock.now());
    log(setup, server);
    return { db, clusterId, server, close: () => client.close() };
  } catch (error) {
    await client.close().catch(() => {});
    throw refusalOf(error, hosts);
  }
}

function clientOf(
  { url, patienceMs = defaultPatienceMs, connections }: MongodbSetup,
  more: MongoClientOptions,
): MongoClient {
  try {
    // What stands here stands above what the URL says.
    return new MongoClient(url, {
      appName: 'callboard',
      serverSelectionTimeoutMS: patienceMs,
      connectTimeoutMS: Math.min(patienceMs, 5000),
      waitQueueTimeoutMS: patienceMs,
      heartbeatFrequencyMS: 2000,
      socketTimeoutMS: silenceMs,
      readPreference: 'primary',
      readConcern: { level: 'majority' },
      writeConcern: { w: 'majority', journal: true, wtimeoutMS: patienceMs },
      ignoreUndefined: true,
      ...more,
      ...(connections === undefined ? {} : { maxPoolSize: connections }),
    });
  } catch {
    // What the driver says of it may repeat a part of a password.
    throw unusableUrl();
  }
}

async function serverOf(client: MongoClient): Promise<MongodbServer> {
  await client.connect();
  const admin = client.db('admin');
  const info = await admin.command({ buildInfo: 1 });
  const hello = await admin.command({ hello: 1 });
  return {
    version: String(info.version),
    ferretdb: 'ferretdbVersion' in info || 'ferretdb' in info,
    replicaSet: 'setName' in hello || hello.msg === 'isdbgrid',
  };
}

function log({ database, logger }: MongodbSetup, server: MongodbServer): void {
  const facts = { database, version: server.version, ferretdb: server.ferretdb };
  if (server.replicaSet) logger.info(facts, 'the database is open');
  else
    logger.warn(
      facts,
      'the database is open; it is no replica set, so what it acknowledged is as safe as its one disk',
    );
}
