/** How each kind of fault is done to the stage, and undone. */
import { setTimeout as after } from 'node:timers/promises';
import { median } from '#bench/result.ts';
import type { CallboardNode } from '#scripts/node/node.ts';
import { isRunning } from '#scripts/services/process.ts';
import type { Asked } from './asking.ts';
import type { ChaosNode } from './chaos-node.ts';
import type { Recovery } from './outcome.ts';
import type { Fault, FaultKind } from './schedule.ts';
import type { Stage } from './stage.ts';

/** A fault that has been undone. */
export interface Suffered {
  readonly what: string;
  /** Where a node was killed. */
  readonly recovery?: Recovery;
}

export interface FaultPorts {
  readonly stage: Stage;
  readonly signal: AbortSignal;
  /** Actors that the node has in memory, or that are placed on it. */
  actorsOf(node: string): readonly string[];
  /** Asks them until they answer, with times since then. */
  askAgain(refs: readonly string[], sinceMs: number): Promise<readonly Asked[]>;
  /** One that did not answer is counted as if it had after so long, ms. */
  readonly patienceMs: number;
}

const clockStepS = 60;
const lookMs = 10;

/** Does it, waits for as long as it lasts, and undoes it. */
export function suffer(fault: Fault, ports: FaultPorts): Promise<Suffered> {
  return faults[fault.kind](fault, ports);
}

const faults: Record<FaultKind, (fault: Fault, ports: FaultPorts) => Promise<Suffered>> = {
  async kill(fault, { stage, signal, actorsOf, askAgain, patienceMs }) {
    const node = nodeOf(fault, stage);
    const refs = actorsOf(node.name);
    const sinceMs = performance.now();
    const lost = untilLost(stage.desk, node.name);
    await node.kill();
    const asked = await askAgain(refs, sinceMs);
    const recovery = recoveryOf(asked, (await lost) - sinceMs, patienceMs);
    await rest(fault.lastsMs - (performance.now() - sinceMs), signal);
    await node.start();
    return { what: `${node.name} killed and started again`, recovery };
  },

  async freeze(fault, { stage, signal }) {
    const node = nodeOf(fault, stage);
    node.signal('SIGSTOP');
    await rest(fault.lastsMs, signal);
    node.signal('SIGCONT');
    return { what: `${node.name} stopped for ${seconds(fault.lastsMs)} and continued` };
  },

  async bus({ lastsMs }, { stage, signal }) {
    await killServers(stage, ['nats']);
    await rest(lastsMs, signal);
    await stage.restoreServices();
    return { what: `nats killed, started again after ${seconds(lastsMs)}` };
  },

  async database({ lastsMs, otherWay }, { stage, signal }) {
    const names = stage.services().services.flatMap(({ name }) => (name === 'nats' ? [] : [name]));
    // FerretDB alone, or with the PostgreSQL that it stands on.
    const killed = otherWay ? names : names.slice(-1);
    await killServers(stage, killed);
    await rest(lastsMs, signal);
    await stage.restoreServices();
    return { what: `${killed.join(' and ')} killed, started again after ${seconds(lastsMs)}` };
  },

  async cut(fault, { stage, signal }) {
    const { lastsMs, otherWay } = fault;
    const node = nodeOf(fault, stage);
    if (otherWay) await node.link.lose();
    else await node.link.cut();
    await rest(lastsMs, signal);
    await node.link.mend();
    const how = otherWay ? `which lost ${node.link.isNamespace ? 'its packets' : 'what it sent'}` : 'which refused it';
    return { what: `${node.name} cut off from nats, ${how}, for ${seconds(lastsMs)}` };
  },

  async clock({ lastsMs, otherWay }, { stage, signal }) {
    const { clockNode } = stage;
    const step = otherWay ? clockStepS : -clockStepS;
    clockNode.clock?.step(step);
    await rest(lastsMs, signal);
    clockNode.clock?.step(0);
    return { what: `the clock of ${clockNode.name} stepped by ${step} s, and back after ${seconds(lastsMs)}` };
  },
};

function nodeOf({ node }: Fault, { nodes }: Stage): ChaosNode {
  return nodes[node - 1] as ChaosNode;
}

/** Resolves with the time at which the node is known to be lost. */
function untilLost({ broker }: CallboardNode, name: string): Promise<number> {
  return new Promise((resolve) => {
    const listener = ({ node }: { node: { id: string } }) => {
      if (node.id !== name) return;
      broker.localBus.off('$node.disconnected', listener);
      resolve(performance.now());
    };
    broker.localBus.on('$node.disconnected', listener);
  });
}

function recoveryOf(asked: readonly Asked[], lostMs: number, patienceMs: number): Recovery {
  const times = asked.map(({ ref, afterMs = patienceMs }) => ({ ref, afterMs })).sort((a, b) => a.afterMs - b.afterMs);
  const { ref: last = 'none', afterMs: lastMs = 0 } = times.at(-1) ?? {};
  return { actors: asked.length, lostMs, medianMs: median(times.map(({ afterMs }) => afterMs)), lastMs, last };
}

/** SIGKILL; resolves when they are gone. */
async function killServers(stage: Stage, names: readonly string[]): Promise<void> {
  const killed = stage.services().services.filter(({ name }) => names.includes(name));
  for (const { pid } of killed) process.kill(pid, 'SIGKILL');
  while (killed.some((service) => isRunning(service))) await after(lookMs);
}

/** Rejects where nobody waits any more. */
async function rest(ms: number, signal: AbortSignal): Promise<void> {
  await after(Math.max(0, ms), undefined, { signal });
}

function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(1)} s`;
}
