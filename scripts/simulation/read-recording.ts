/** Reads a campaign and its calls from the journal. */
import { callChronicle } from '#actors/call/chronicle.ts';
import { campaignChronicle } from '#actors/campaign/chronicle.ts';
import { FatalError } from '#ports/errors.ts';
import type { JournalReader } from '#ports/journal.ts';
import type { CampaignEvent } from '#proto/generated/campaign.ts';
import { type Chronicle, chronicle } from '#runtime/actor.ts';
import { replay } from '#runtime/history.ts';
import type { Happened, RecordedCampaign } from './recorded-campaign.ts';

const readAtOnce = 50;

/**
 * Everything of one campaign.
 * @throws ACTOR_UNKNOWN where the journal has nothing of it, JOURNAL_BROKEN where it cannot be believed.
 */
export async function readCampaign(journal: JournalReader, campaignId: string): Promise<RecordedCampaign> {
  const eventsOf = async (of: Chronicle, id: string) => {
    const { commits } = await replay(of, journal, id);
    return commits.flatMap(({ events }) => events as readonly Happened[]);
  };
  const events = await eventsOf(chronicle(campaignChronicle), campaignId);
  if (events.length === 0) {
    throw new FatalError(
      'ACTOR_UNKNOWN',
      `The journal has nothing of campaign/${campaignId}: check the name; the console's campaigns command lists some.`,
    );
  }
  const ids = (events as readonly CampaignEvent[]).flatMap((event) =>
    event.type === 'AttemptsStarted' ? event.attempts.map(({ callId }) => callId) : [],
  );
  const calls: (readonly Happened[])[] = [];
  for (let from = 0; from < ids.length; from += readAtOnce) {
    const some = ids.slice(from, from + readAtOnce);
    calls.push(...(await Promise.all(some.map((callId) => eventsOf(chronicle(callChronicle), callId)))));
  }
  return { campaignId, events, calls };
}
