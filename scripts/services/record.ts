/** What was started, in a file: a later script stops and shows just that. */
import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { Service } from './kind.ts';

/** What `services.json` says. The URLs are there when all of it is up. */
export interface ServicesRecord {
  readonly natsUrl?: string;
  readonly mongodbUrl?: string;
  /** In the order in which they were started. */
  readonly services: readonly Service[];
}

/** Where everything of the services is kept, unless a person says otherwise. */
export const servicesFolder = resolve(import.meta.dirname, '..', '..', 'data', 'services');

const pathOf = (folder: string) => join(folder, 'services.json');

/** What is on record; nothing where nothing was started, or a crash left half a file. */
export function readRecord(folder: string): ServicesRecord {
  try {
    return JSON.parse(readFileSync(pathOf(folder), 'utf8')) as ServicesRecord;
  } catch {
    return { services: [] };
  }
}

/** Replaces the record as a whole. */
export function writeRecord(folder: string, record: ServicesRecord): void {
  const path = pathOf(folder);
  writeFileSync(`${path}.new`, `${JSON.stringify(record, null, 2)}\n`, { mode: 0o600 });
  renameSync(`${path}.new`, path);
}
