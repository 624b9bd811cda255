/** `callboard node`: one node of a cluster, until it is told to leave. */
import { loadConfig } from '#config/load.ts';
import { type CallboardNode, startNode } from '#scripts/node/node.ts';
import type { CommonOptions } from './options.ts';

/**
 * Prints `ready NODE URL` once the node takes its share of the actors; URL is where its health and figures are. SIGTERM or Ctrl-C drains it: no new actors and no
 * new calls, live calls end, at most `drainLimitMs`; the second signal ends them, the third ends the process.
 */
export async function runNode({ data, config: file }: CommonOptions): Promise<void> {
  const config = loadConfig({ ...(file ? { file } : {}), overrides: data ? { dataFolder: data } : {} });
  const node = await startNode(config);
  console.log(`ready ${config.nodeId}${node.httpUrl ? ` ${node.httpUrl}` : ''}`);
  try {
    await Promise.race([toldToLeave(node, process), node.failed.then((error) => Promise.reject(error))]);
  } finally {
    await node.stop();
  }
}

/** Resolves when the node has been drained, or its calls have been ended; rejects with what kept it from either. */
export function toldToLeave(
  node: Pick<CallboardNode, 'config' | 'drain' | 'hangUpAll'>,
  signals: Pick<NodeJS.EventEmitter, 'on'>,
): Promise<void> {
  return new Promise((resolve, reject) => {
    let heard = 0;
    const onSignal = (_signal: NodeJS.Signals, number: number) => {
      heard += 1;
      if (heard === 1) {
        console.log(
          `${node.config.nodeId} leaves: live calls end first, at most ${node.config.drainLimitMs / 1000} s.`,
        );
        node.drain().then(resolve, reject);
      } else if (heard === 2) {
        node.hangUpAll('node').then(resolve, reject);
      } else {
        process.exit(128 + number);
      }
    };
    signals.on('SIGINT', onSignal);
    signals.on('SIGTERM', onSignal);
  });
}
