/** How many asks a second some processes answer that share the actors and ask each other. */
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { median } from '#bench/result.ts';
import type { Asked, AskingOrder, AskingSetup } from './asking.ts';

export interface AskRates {
  readonly perSecond: number;
  /** CPU of all processes for an ask, µs. */
  readonly cpuUs: number;
}

const rounds = 5;
const roundMs = 2000;
/** Until each has heard of the others. */
const settleMs = 3000;

/** The median of some rounds, with so many processes. */
export async function measureAsks(processes: number, natsUrl: string): Promise<AskRates> {
  const namespace = `scale-${process.pid}-${processes}`;
  const children: ChildProcess[] = [];
  try {
    for (let number = 1; number <= processes; number += 1) {
      const setup: AskingSetup = { name: `node-${number}`, natsUrl, namespace };
      const child = fork(join(import.meta.dirname, 'asking.ts'), [JSON.stringify(setup)]);
      children.push(child);
      await once(child, 'message');
    }
    await pause(settleMs);
    const rates: AskRates[] = [];
    // The first warms up.
    for (let round = 0; round <= rounds; round += 1) {
      const all = await Promise.all(children.map(askFor));
      const asks = all.reduce((sum, each) => sum + each.asks, 0);
      const cpuMs = all.reduce((sum, each) => sum + each.cpuMs, 0);
      if (round > 0) rates.push({ perSecond: (asks * 1000) / roundMs, cpuUs: (cpuMs * 1000) / asks });
    }
    return {
      perSecond: median(rates.map(({ perSecond }) => perSecond)),
      cpuUs: median(rates.map(({ cpuUs }) => cpuUs)),
    };
  } finally {
    for (const child of children) child.kill('SIGKILL');
  }
}

async function askFor(child: ChildProcess): Promise<Asked> {
  child.send({ forMs: roundMs } satisfies AskingOrder);
  const [asked] = (await once(child, 'message')) as [Asked];
  return asked;
}
