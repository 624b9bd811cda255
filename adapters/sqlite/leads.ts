/** The lists that campaigns dial, in one SQLite file on a thread of its own. */
import type { Leads } from '#ports/leads.ts';
import { leadsKind } from './leads-schema.ts';
import type { LeadsMethods } from './leads-store.ts';
import { StoreThread } from './store-thread.ts';

/**
 * Opens the lists, or makes them. Every write is synced to the disk before it resolves: a list that an actor has
 * journaled as loaded, and a lead that has had its attempt, must not come back unknown after a power cut. Being on
 * a thread of its own, and all that waits sharing one sync, this costs the calls nothing.
 * @throws STORE_UNAVAILABLE, DISK_FULL, with what to do.
 */
export async function openSqliteLeads({ path }: { readonly path: string }): Promise<Leads> {
  const thread = await StoreThread.open<LeadsMethods>(leadsKind, new URL('./leads.worker.ts', import.meta.url), {
    path,
  });
  return {
    add: (campaignId, leads) => thread.call('add', campaignId, leads),
    refuse: (campaignId, rows) => thread.call('refuse', campaignId, rows),
    claim: (claim) => thread.call('claim', claim),
    settle: (campaignId, attempts) => thread.call('settle', campaignId, attempts),
    schedule: (campaignId, followUps) => thread.call('schedule', campaignId, followUps),
    nextDue: (choice) => thread.call('nextDue', choice),
    progress: (campaignId, list) => thread.call('progress', campaignId, list),
    keepProgress: (campaignId, list, progress) => thread.call('keepProgress', campaignId, list, progress),
    counts: (campaignId) => thread.call('counts', campaignId),
    refused: (campaignId, limit) => thread.call('refused', campaignId, limit),
    close: () => thread.close(),
  };
}
