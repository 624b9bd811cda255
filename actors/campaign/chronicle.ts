/** What the history of a campaign is read with: by its actor, and by all who replay it. Upcasters of old events go here. */
import { campaignProtocol } from '#proto/generated/campaign.ts';
import { evolve, initial } from './state.ts';

export const campaignChronicle = { protocol: campaignProtocol, initial, evolve };
