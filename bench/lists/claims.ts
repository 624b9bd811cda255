/** How long it takes to claim a thousand leads of a list, in each way that a campaign may ask for them. */

import { type Figure, median } from '#bench/result.ts';
import type { Claim, Leads } from '#ports/leads.ts';

export const claimed = 1000;
const leaseMs = 3_600_000;

type Way = Pick<Claim, 'where' | 'order' | 'human' | 'agents'>;

/** Ways to claim. Every fifth lead passes the first filter, in groups that stand side by side. */
const ways: Readonly<Record<string, Way>> = {
  'in the order of the list': {},
  'the newest first': { order: 'newest' },
  'by a filter': { where: { languages: ['en'], timezones: [], segments: ['gold', 'new'] } },
  'by a filter, the newest first': { where: { languages: ['es'], timezones: [], segments: [] }, order: 'newest' },
  'callbacks first': { human: true, agents: ['ann'] },
};

/** Rounds in turn; the median and the worst of each way. Some hundred callbacks are due all the time. */
export async function claimFigures(
  leads: Leads,
  campaignId: string,
  rounds: number,
  target?: Figure['target'],
): Promise<readonly Figure[]> {
  const times = new Map(Object.keys(ways).map((way) => [way, [] as number[]]));
  for (let round = 0; round < rounds; round += 1) {
    for (const [way, asked] of Object.entries(ways)) {
      const nowMs = 1_800_000_000_000 + round * 1000;
      const claim = { campaignId, claimId: `${way}-${round}`, count: claimed, nowMs, leaseMs, ...asked };
      const startedMs = performance.now();
      const got = await leads.claim(claim);
      times.get(way)?.push(performance.now() - startedMs);
      if (got.length !== claimed) throw new Error(`Claiming ${way} gave ${got.length} leads instead of ${claimed}`);
      await leads.settle(campaignId, got);
      const promised = got.slice(0, claimed / 10).map(({ row, attempt }) => {
        return { row, attempt, dueAtMs: nowMs + 500, callback: true, humanOnly: false };
      });
      await leads.schedule(campaignId, promised);
    }
  }
  return [...times].flatMap(([way, ms]) => [
    { name: `${claimed} claimed ${way}, median`, value: median(ms), unit: 'ms', ...(target ? { target } : {}) },
    { name: `${claimed} claimed ${way}, worst`, value: Math.max(...ms), unit: 'ms' },
  ]);
}
