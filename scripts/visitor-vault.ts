/**
 * The cluster's vault for a console that visits it. What is read or written there goes between the console and the
 * database, sealed, and never over the bus.
 */
import { pino } from 'pino';
import { openMongodb } from '#adapters/mongodb/connection.ts';
import { openMongodbVault } from '#adapters/mongodb/vault.ts';
import type { Config } from '#config/schema.ts';
import { systemClock as clock } from '#ports/system-clock.ts';
import type { RecordAccess, Vault } from '#ports/vault.ts';
import { type Closing, closeAll } from './node/closing.ts';

export interface VisitorVault {
  /** Absent where the configuration does not say where the vault is, or not its secret. */
  readonly vault?: Pick<Vault, 'keepNote' | 'readNotes'>;
  close(): Promise<void>;
}

/** Opened when it is first used: a console must also open while the database is away. */
export function visitorVault({ mongodb, vaultSecret: secret }: Config, record: RecordAccess): VisitorVault {
  if (!mongodb || !secret) return { close: async () => {} };
  const where = mongodb;
  const vaultSecret = secret;
  const opened: Closing[] = [];
  let vault: Promise<Vault> | undefined;

  async function open(): Promise<Vault> {
    const { db, close } = await openMongodb({ ...where, clock, logger: pino({ level: 'silent' }) });
    opened.push(close);
    const made = await openMongodbVault({ db, secret: vaultSecret, clock, record });
    opened.push(() => made.close());
    return made;
  }
  async function use<T>(work: (vault: Vault) => Promise<T>): Promise<T> {
    vault ??= open().catch(async (error: unknown) => {
      vault = undefined;
      await closeAll(opened);
      throw error;
    });
    return work(await vault);
  }

  return {
    vault: {
      keepNote: (contactId, note) => use((each) => each.keepNote(contactId, note)),
      readNotes: (contactId, access) => use((each) => each.readNotes(contactId, access)),
    },
    close: () => closeAll(opened),
  };
}
