/**
 * Time zones of the list in which nobody may be called now. Their leads are not claimed: each would be refused, and be
 * claimed again when the hour has come.
 */
import { hoursOf } from '#law/evaluate.ts';
import { isOpen, nextOpen } from '#law/hours.ts';
import type { CampaignEvent, CampaignSettings, Lead } from '#proto/generated/campaign.ts';

/** So many places are remembered, of the six hundred that there are. */
const most = 500;

/** The places in which the hours have refused somebody: the first that is refused in one is the last for that day. */
export function placesAfter(
  places: readonly string[],
  { law }: CampaignSettings,
  { timezone }: Lead,
  { outcome, ruleId }: CampaignEvent & { type: 'AttemptEnded' },
): readonly string[] {
  if (outcome !== 'refused' || !timezone || places.includes(timezone) || places.length >= most) return places;
  const limit = law?.rules.find(({ id }) => id === ruleId)?.limit;
  return limit?.type === 'CallingHours' || limit?.type === 'Holidays' ? [...places, timezone] : places;
}

/** Those of the places that are closed now. */
export function closedOf(
  places: readonly string[],
  settings: CampaignSettings | undefined,
  nowMs: number,
): readonly string[] {
  if (places.length === 0) return places;
  const hours = hoursOf(settings?.law?.rules ?? []);
  return places.filter((zone) => !isOpen(hours, [zone], nowMs));
}

/** When the first of these opens; undefined where none ever does. */
export function opensAtMs(
  closed: readonly string[],
  settings: CampaignSettings | undefined,
  nowMs: number,
): number | undefined {
  const hours = hoursOf(settings?.law?.rules ?? []);
  const times = closed.flatMap((zone) => nextOpen(hours, [zone], nowMs) ?? []);
  return times.length > 0 ? Math.min(...times) : undefined;
}
