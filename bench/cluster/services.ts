/** The bus and the database that a bench of several nodes needs. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { down } from '#scripts/services/down.ts';
import { up } from '#scripts/services/up.ts';

export interface BenchServices {
  readonly natsUrl: string;
  readonly mongodbUrl: string;
  /** Stops what was started. */
  close(): Promise<void>;
}

/**
 * Those that CALLBOARD_TEST_NATS_URL and CALLBOARD_TEST_MONGODB_URL name, else servers of its own.
 * @throws SERVICE_UNAVAILABLE where they cannot be started.
 */
export async function benchServices(): Promise<BenchServices> {
  const { CALLBOARD_TEST_NATS_URL: natsUrl, CALLBOARD_TEST_MONGODB_URL: mongodbUrl } = process.env;
  if (natsUrl && mongodbUrl) return { natsUrl, mongodbUrl, close: async () => undefined };
  const folder = mkdtempSync(join(tmpdir(), 'callboard-bench-services-'));
  const services = await up({ folder, say: (sentence) => console.error(sentence) });
  return {
    natsUrl: services.natsUrl,
    mongodbUrl: services.mongodbUrl,
    async close() {
      await down(folder);
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
