/** Starts the services, all or none. */
import { mkdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { setTimeout as after } from 'node:timers/promises';
import { FatalError } from '#ports/errors.ts';
import { answersSoon, faultOf } from './answering.ts';
import { ferretdb } from './ferretdb.ts';
import type { Launch, Service, ServiceKind } from './kind.ts';
import { mongod } from './mongod.ts';
import { natsServer } from './nats.ts';
import { portFor } from './ports.ts';
import { postgresql } from './postgresql.ts';
import { isRunning, startDetached, stopService } from './process.ts';
import { findProgram } from './programs.ts';
import { readRecord, servicesFolder, writeRecord } from './record.ts';

export interface UpOptions {
  /** Where their data, logs and the record are kept. */
  readonly folder?: string;
  readonly say?: (sentence: string) => void;
  /** Aborted when nobody waits any more: what was started is stopped. */
  readonly signal?: AbortSignal;
}

/** The services, all of them answering. */
export interface Services {
  readonly natsUrl: string;
  readonly mongodbUrl: string;
  readonly services: readonly Service[];
  /** Names of those that were not running before. */
  readonly started: readonly string[];
}

/** A server that was killed may be in the way of its successor for a moment, as PostgreSQL's processes are. */
const triesAfterLoss = 10;
const triesPauseMs = 500;

/**
 * Starts what is not running yet, and resolves when everything answers.
 * @throws SERVICE_UNAVAILABLE when a program is missing or does not come up; what this call started is stopped then.
 */
export async function up(options: UpOptions = {}): Promise<Services> {
  const starting = new Starting(options);
  try {
    const nats = await starting.ensure(natsServer);
    const database = findProgram('mongod')
      ? await starting.ensure(mongod)
      : await starting.ensure(ferretdb((await starting.ensure(postgresql)).url));
    return await starting.finish(nats.url, database.url);
  } catch (error) {
    await starting.undo();
    throw error;
  }
}

class Starting {
  readonly #folder: string;
  readonly #say: (sentence: string) => void;
  readonly #signal: AbortSignal;
  readonly #wanted: Service[] = [];
  readonly #started: Service[] = [];

  constructor(options: UpOptions) {
    this.#folder = resolve(options.folder ?? servicesFolder);
    this.#say = options.say ?? (() => {});
    this.#signal = options.signal ?? new AbortController().signal;
    mkdirSync(this.#folder, { recursive: true });
  }

  /** The service as it should be: one that runs otherwise, or does not answer, is started anew. */
  async ensure(kind: ServiceKind): Promise<Service> {
    this.#signal.throwIfAborted();
    const folder = join(this.#folder, kind.name);
    mkdirSync(folder, { recursive: true });
    const known = readRecord(this.#folder).services.find(({ name }) => name === kind.name);
    const running = known && isRunning(known) ? known : undefined;
    const port = running?.port ?? (await portFor(folder));
    const launch = await kind.prepare({ folder, port, say: this.#say, signal: this.#signal });
    const command = [launch.program, ...launch.args];
    if (running && command.join(' ') === running.command.join(' ') && (await answersSoon(kind, port, this.#signal))) {
      await kind.settle?.(port, this.#signal);
      this.#wanted.push(running);
      return running;
    }
    if (running) await stopService(running);
    for (let tries = known ? triesAfterLoss : 1; ; tries -= 1) {
      const service = await this.#start(kind, launch, port);
      const fault = await faultOf(kind, service, this.#signal);
      if (fault === undefined) {
        await kind.settle?.(port, this.#signal);
        this.#say(`${kind.name} answers at ${service.url}.`);
        return service;
      }
      if (isRunning(service) || tries === 1) throw new FatalError('SERVICE_UNAVAILABLE', fault);
      await after(triesPauseMs, undefined, { signal: this.#signal });
    }
  }

  async #start(kind: ServiceKind, launch: Launch, port: number): Promise<Service> {
    const { name } = kind;
    const log = join(this.#folder, `${name}.log`);
    this.#signal.throwIfAborted();
    const pid = await startDetached(launch, log);
    const command = [launch.program, ...launch.args];
    const service = { name, pid, command, stopSignal: launch.stopSignal, port, url: kind.urlOf(port), log };
    for (const list of [this.#wanted, this.#started]) {
      const earlier = list.findIndex((other) => other.name === name);
      list.splice(earlier < 0 ? list.length : earlier, 1, service);
    }
    // Before it answers: whoever ends us now leaves a process that `down` knows.
    writeRecord(this.#folder, { services: this.#everything() });
    return service;
  }

  /** Stops what is on record and not wanted any more, and writes the record as it is now. */
  async finish(natsUrl: string, mongodbUrl: string): Promise<Services> {
    const others = this.#everything().filter(({ name }) => !this.#wanted.some((wanted) => wanted.name === name));
    for (const service of others.reverse()) await stopService(service);
    const services = this.#wanted;
    writeRecord(this.#folder, { natsUrl, mongodbUrl, services });
    return { natsUrl, mongodbUrl, services, started: this.#started.map(({ name }) => name) };
  }

  async undo(): Promise<void> {
    for (const service of this.#started.reverse()) await stopService(service);
    if (this.#started.length > 0) {
      writeRecord(this.#folder, { services: this.#everything().filter((service) => isRunning(service)) });
    }
  }

  #everything(): Service[] {
    const others = readRecord(this.#folder).services.filter(
      ({ name }) => !this.#wanted.some((wanted) => wanted.name === name),
    );
    return [...others, ...this.#wanted];
  }
}
