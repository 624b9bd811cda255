/** Asks actors whether they answer, again and again until they do. */
import { setTimeout as pause } from 'node:timers/promises';
import { callProtocol } from '#proto/generated/call.ts';
import { campaignProtocol } from '#proto/generated/campaign.ts';
import { contactProtocol } from '#proto/generated/contact.ts';
import { trunkProtocol } from '#proto/generated/trunk.ts';
import { parseRef } from '#runtime/refs.ts';
import type { Runtime } from '#runtime/runtime.ts';

type Asks = Pick<Runtime, 'ask'>;

export interface Asked {
  readonly ref: string;
  /** From the start until it answered, ms; absent: it never did. */
  readonly afterMs?: number;
}

const askMs = 5000;
const againMs = 50;
const atOnce = 200;

/** The last that answered, in words. */
export function lastOf(asked: readonly Asked[], patienceMs: number): string {
  const silent = asked.filter(({ afterMs }) => afterMs === undefined);
  if (silent.length > 0)
    return `but ${silent.length}, such as ${silent[0]?.ref}, which did not in ${patienceMs / 1000} s`;
  const last = asked.toSorted((one, other) => (one.afterMs ?? 0) - (other.afterMs ?? 0)).at(-1);
  return last ? `within ${((last.afterMs ?? 0) / 1000).toFixed(1)} s, ${last.ref} last` : 'at once';
}

/** Asks all of them, so many at once, each for `patienceMs` at most; times are counted from `sinceMs` of the steady clock. */
export async function askAll(
  runtime: Asks,
  refs: readonly string[],
  patienceMs: number,
  sinceMs = performance.now(),
): Promise<readonly Asked[]> {
  const asked: Asked[] = [];
  const left = refs.values();
  const worker = async () => {
    for (const ref of left) asked.push(await ask(runtime, ref, patienceMs, sinceMs));
  };
  await Promise.all(Array.from({ length: Math.min(atOnce, refs.length) }, worker));
  return asked;
}

async function ask(runtime: Asks, ref: string, patienceMs: number, sinceMs: number): Promise<Asked> {
  const endsAtMs = performance.now() + patienceMs;
  while (performance.now() < endsAtMs) {
    if (await answers(runtime, ref)) return { ref, afterMs: performance.now() - sinceMs };
    await pause(againMs);
  }
  return { ref };
}

async function answers(runtime: Asks, ref: string): Promise<boolean> {
  const { kind, id } = parseRef(ref) ?? { kind: '', id: '' };
  const options = { timeoutMs: askMs };
  switch (kind) {
    case 'call':
      return (await runtime.ask(callProtocol, id, { type: 'DescribeCall' }, options)).ok;
    case 'contact':
      return (await runtime.ask(contactProtocol, id, { type: 'DescribeContact' }, options)).ok;
    case 'campaign':
      return (await runtime.ask(campaignProtocol, id, { type: 'DescribeCampaign' }, options)).ok;
    case 'trunk':
      return (await runtime.ask(trunkProtocol, id, { type: 'DescribeTrunk' }, options)).ok;
    default:
      throw new TypeError(`Nobody knows how to ask a ${kind} whether it answers.`);
  }
}
