/** The operators' console on standard input. */
import { userInfo } from 'node:os';
import type { ServiceBroker } from 'moleculer';
import { systemClock } from '#ports/system-clock.ts';
import type { Desk } from '#repl/command.ts';
import { type DeskOptions, makeDesk } from '#repl/desk.ts';
import { openConsole } from '#repl/open.ts';
import type { Runtime } from '#runtime/runtime.ts';
import type { CallboardNode } from '#scripts/node/node.ts';
import { kinds } from './kinds.ts';
import { liveCalls } from './node/live-calls.ts';

/**
 * Opens the console in front of a node; resolves when the operator leaves it, or with the signal. The node ends with
 * it, and with the node its calls: who leaves them is told.
 */
export async function openDesk(node: CallboardNode, ended: AbortSignal): Promise<void> {
  await sitInFront(node, ended);
  const { length } = await liveCalls(node.runtime);
  if (length > 0) console.log(length === 1 ? '1 live call is hung up.' : `${length} live calls are hung up.`);
}

/** The console of a node that has its own work, until the operator leaves or the signal comes; nothing else ends. */
export async function sitInFront(
  { broker, runtime, config, failed, vault }: CallboardNode,
  ended: AbortSignal,
): Promise<void> {
  const { nats, trunks } = config;
  // In a cluster another node may have its settings.
  const desk = deskOf(broker, runtime, { vault, ...(nats ? {} : { hasTrunk: (trunkId) => trunkId in trunks }) });
  await Promise.race([sitAt(desk, broker, ended), failed.then((error) => Promise.reject(error))]);
}

/** A desk for whoever runs this process. */
export function deskOf(
  broker: ServiceBroker,
  runtime: Pick<Runtime, 'ask' | 'nodeOf'>,
  more: Pick<DeskOptions, 'hasTrunk' | 'vault'> = {},
): Desk {
  return makeDesk({
    ...{ broker, runtime, clock: systemClock, operator: userInfo().username },
    kinds: kinds.map(({ protocol }) => protocol.kind),
    print: (line) => console.log(line),
    ...more,
  });
}

/** Takes commands until the operator leaves, or until the signal. */
export async function sitAt(desk: Desk, broker: ServiceBroker, ended: AbortSignal): Promise<void> {
  console.log('help lists the commands, exit leaves.');
  const { server, answered } = openConsole(broker, desk);
  // Moleculer's own way out ends the process before the carrier and the files are let go of.
  server.removeAllListeners('exit');
  const left = new Promise<void>((resolve) => server.once('exit', resolve));
  const aborted = new Promise<void>((resolve) => {
    if (ended.aborted) resolve();
    ended.addEventListener('abort', () => resolve(), { once: true });
  });
  void aborted.then(() => server.close());
  await left;
  // Lines that came all at once, as out of a pipe, are answered before the nodes are let go of.
  await Promise.race([answered(), aborted]);
  desk.tailing.stop();
}
