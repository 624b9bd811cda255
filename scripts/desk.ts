/** The operators' console in front of a node. */
import { userInfo } from 'node:os';
import { openConsole } from '#repl/open.ts';
import type { CallboardNode } from '#scripts/node/node.ts';
import { kinds } from './kinds.ts';
import { liveCalls } from './node/live-calls.ts';

/**
 * Opens the console on standard input; resolves when the operator leaves it, or with the signal. The node ends with
 * it, and with the node its calls: who leaves them is told.
 */
export async function openDesk(node: CallboardNode, ended: AbortSignal): Promise<void> {
  const { broker, runtime, journal } = node;
  const desk = {
    ...{ runtime, journal, kinds, operator: userInfo().username, print: (line: string) => console.log(line) },
    // In a cluster another node may have its settings.
    ...(node.config.nats ? {} : { hasTrunk: (trunkId: string) => trunkId in node.config.trunks }),
  };
  console.log('help lists the commands, exit leaves.');
  const server = openConsole(broker, desk);
  // Moleculer's own way out ends the process before the carrier and the files are let go of.
  server.removeAllListeners('exit');
  const left = new Promise<void>((resolve) => server.once('exit', resolve));
  const close = () => server.close();
  if (ended.aborted) close();
  ended.addEventListener('abort', close, { once: true });
  await Promise.race([left, node.failed.then((error) => Promise.reject(error))]);
  const { length } = await liveCalls(runtime);
  if (length > 0) console.log(length === 1 ? '1 live call is hung up.' : `${length} live calls are hung up.`);
}
