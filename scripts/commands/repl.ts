/** `callboard repl`: a node on the data folder with the operators' console in front of it. */
import { loadConfig } from '#config/load.ts';
import { openDesk } from '#scripts/desk.ts';
import { endOnSignals } from '#scripts/ending.ts';
import { startNode } from '#scripts/node/node.ts';
import type { CommonOptions } from './options.ts';

/** Opens the console; what was outstanding in the data folder goes on as far as its trunks are configured. */
export async function repl(options: CommonOptions): Promise<void> {
  const { data, config: file } = options;
  const config = loadConfig({ ...(file ? { file } : {}), overrides: data ? { dataFolder: data } : {} });
  const node = await startNode(config);
  const ending = endOnSignals(node);
  try {
    await openDesk(node, ending.stopped);
    if (ending.stopped.aborted) process.exitCode = ending.exitCode;
  } finally {
    await node.stop();
  }
}
