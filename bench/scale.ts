/**
 * What more processes of one machine are good for: asks a second between 1, 2 and 3 processes that share the actors,
 * and whole calls a second on a cluster of 1, 2 and 3 nodes, with the servers and SIPp on the same machine.
 */
import { benchServices } from './cluster/services.ts';
import type { BenchResult, Figure } from './result.ts';
import { measureAsks } from './scale/asks.ts';
import { measureCalls } from './scale/calls.ts';

const processes = [1, 2, 3] as const;

export async function run(): Promise<BenchResult> {
  const services = await benchServices();
  try {
    const figures: Figure[] = [];
    for (const count of processes) {
      const { perSecond, cpuUs } = await measureAsks(count, services.natsUrl);
      figures.push({ name: `asks, ${of(count)}`, value: perSecond, unit: '1/s' });
      figures.push({ name: `CPU of an ask, ${of(count)}`, value: cpuUs, unit: 'µs' });
    }
    const answered: string[] = [];
    for (const count of processes) {
      const measured = await measureCalls(count, services);
      figures.push({ name: `calls, ${of(count)}`, value: measured.perSecond, unit: '1/s' });
      figures.push({ name: `CPU of a call in the nodes, ${of(count)}`, value: measured.cpuMs, unit: 'ms' });
      figures.push({ name: `processors busy meanwhile, ${of(count)}`, value: measured.busyPercent, unit: '%' });
      answered.push(`${measured.answered} of ${measured.calls}`);
    }
    return {
      name: 'scale',
      figures,
      notes: [
        'Asks: each process has 100 in flight, to actors of all processes alike: with 2 half of them are remote, with 3 two thirds.',
        `Calls: one campaign, INVITE, 180, 200, ACK, a tenth of a second, BYE, against SIPp uas; answered: ${answered.join(', ')}.`,
        'Everything runs on the same machine.',
      ],
    };
  } finally {
    await services.close();
  }
}

function of(count: number): string {
  return count === 1 ? '1 process' : `${count} processes`;
}
