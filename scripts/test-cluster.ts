/**
 * `npm run test:cluster [-- PATTERN]`: the tests that need a bus and a shared database, against real ones. Services
 * that are not running are started and stopped afterwards; where they cannot be, it fails.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { codeOf } from '#ports/errors.ts';
import { down } from './services/down.ts';
import { servicesFolder } from './services/record.ts';
import { type Services, up } from './services/up.ts';

const root = join(import.meta.dirname, '..');
const jest = join(root, 'node_modules', 'jest', 'bin', 'jest.js');
/** Tests that start and kill processes would slow each other down; and npm test leaves this folder out. */
const settings = ['--runInBand', '--testPathIgnorePatterns', '/node_modules/', '/data/', '--testPathPatterns'];

try {
  const leave = new AbortController();
  // Ctrl-C reaches Jest too, which ends by it; we stay to put the services away.
  process.on('SIGINT', () => leave.abort());
  process.on('SIGTERM', () => leave.abort());
  const services = await up({ say: (sentence) => console.error(sentence), signal: leave.signal });
  try {
    process.exitCode = await runTests(services, leave.signal);
  } finally {
    if (services.started.length > 0) await down(servicesFolder, services.started);
  }
} catch (error) {
  console.error(codeOf(error) ? `The tests did not run: ${(error as Error).message} [${codeOf(error)}]` : error);
  process.exitCode = 1;
}

async function runTests(services: Services, signal: AbortSignal): Promise<number> {
  const [pattern = '', ...more] = process.argv.slice(2);
  const flags = ['--experimental-vm-modules', '--disable-warning=ExperimentalWarning'];
  const child = spawn(process.execPath, [...flags, jest, ...settings, `test/cluster/.*${pattern}`, ...more], {
    cwd: root,
    stdio: 'inherit',
    env: {
      ...process.env,
      CALLBOARD_TEST_NATS_URL: services.natsUrl,
      CALLBOARD_TEST_MONGODB_URL: services.mongodbUrl,
    },
  });
  signal.addEventListener('abort', () => child.kill('SIGTERM'));
  const [code] = (await once(child, 'exit')) as [number | null];
  return code ?? 1;
}
