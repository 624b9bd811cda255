/** Stops the services that `up` started, and shows which there are. */
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { answers } from './answering.ts';
import { ferretdb } from './ferretdb.ts';
import type { Service } from './kind.ts';
import { mongod } from './mongod.ts';
import { natsServer } from './nats.ts';
import { postgresql } from './postgresql.ts';
import { isRunning, stopService } from './process.ts';
import { readRecord, servicesFolder, writeRecord } from './record.ts';

/**
 * Stops what is on record and still ours, the last started first; resolves with what it stopped.
 * @param only names of those to stop; all of them when absent.
 */
export async function down(folder: string = servicesFolder, only?: readonly string[]): Promise<readonly Service[]> {
  const path = resolve(folder);
  const running = readRecord(path).services.filter((service) => isRunning(service));
  const meant = running.filter(({ name }) => only?.includes(name) ?? true);
  for (const service of meant.toReversed()) await stopService(service);
  if (existsSync(path)) writeRecord(path, { services: running.filter((service) => !meant.includes(service)) });
  return meant;
}

export interface ServiceStatus extends Service {
  readonly state: 'answering' | 'silent' | 'ended';
}

/** How what is on record is doing; nothing where nothing was started. */
export async function status(folder: string = servicesFolder): Promise<readonly ServiceStatus[]> {
  const kinds = [natsServer, mongod, postgresql, ferretdb('')];
  const look = async (service: Service): Promise<ServiceStatus> => {
    const kind = kinds.find(({ name }) => name === service.name);
    if (!isRunning(service)) return { ...service, state: 'ended' };
    return { ...service, state: kind && (await answers(kind, service.port)) ? 'answering' : 'silent' };
  };
  return Promise.all(readRecord(resolve(folder)).services.map(look));
}
