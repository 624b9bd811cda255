/** `callboard health`: asks a node of this machine how it is, as containers need it that have no curl. */
import { loadConfig } from '#config/load.ts';
import { FatalError } from '#ports/errors.ts';
import type { CommonOptions } from './options.ts';

/** A node that takes longer, ms, is not well. */
const patienceMs = 2500;

/**
 * Prints what the node says; the exit code is 0 where that is well.
 * @param page `livez` or `readyz`.
 */
export async function health(page: string, { config: file }: CommonOptions): Promise<void> {
  const { http } = loadConfig(file ? { file } : {});
  if (!http) {
    throw new FatalError('CONFIG_INVALID', 'No health is served here: set http (CALLBOARD_HTTP_PORT) first.');
  }
  const address = http.bindAddress === '0.0.0.0' ? '127.0.0.1' : http.bindAddress;
  const url = `http://${address}:${http.port}/${page}`;
  try {
    const answer = await fetch(url, { signal: AbortSignal.timeout(patienceMs) });
    console.log((await answer.text()).trim());
    if (!answer.ok) process.exitCode = 1;
  } catch {
    console.log(`Nothing answers at ${url}.`);
    process.exitCode = 1;
  }
}
