/** The lists that campaigns dial, in MongoDB, for any number of nodes at once. */
import type { Db } from 'mongodb';
import type { Leads } from '#ports/leads.ts';
import { makeIndexes } from './indexes.ts';
import { claimLeads } from './leads-claim.ts';
import { FreeLeads } from './leads-free.ts';
import { addLeads, refuseRows } from './leads-list.ts';
import { keepProgress, progressOf } from './leads-progress.ts';
import { leadsCollections, leadsIndexes, leadsQueries } from './leads-queries.ts';
import { scheduleLeads } from './leads-schedule.ts';
import { settleLeads } from './leads-settle.ts';
import { StoreAccess } from './store-access.ts';

/**
 * Opens the lists, or makes them. Closing them leaves the connection open.
 * @throws STORE_UNAVAILABLE.
 */
export async function openMongodbLeads({ db }: { readonly db: Db }): Promise<Leads> {
  const access = new StoreAccess('list of leads');
  await access.run(() => makeIndexes(db, leadsIndexes));
  const collections = leadsCollections(db);
  const { leads, steps, refused } = collections;
  const free = new FreeLeads(collections);
  return {
    add: (campaignId, rows) =>
      access.inTurn(campaignId, () => addLeads(collections, campaignId, rows).finally(() => free.forget(campaignId))),
    refuse: (campaignId, rows) => access.run(() => refuseRows(collections, campaignId, rows)),
    // Nodes may claim for one campaign at once; within a node they wait for each other, which is faster.
    claim: (claim) => access.inTurn(claim.campaignId, () => claimLeads(collections, free, claim)),
    settle: (campaignId, attempts) => access.inTurn(campaignId, () => settleLeads(collections, campaignId, attempts)),
    schedule: (campaignId, followUps) =>
      access.inTurn(campaignId, () => scheduleLeads(collections, campaignId, followUps)),
    nextDue: (choice) => access.run(() => free.nextDue(choice)),
    progress: (campaignId, list) => access.run(() => progressOf(collections, campaignId, list)),
    keepProgress: (campaignId, list, progress) =>
      access.run(() => keepProgress(collections, campaignId, list, progress)),
    counts: (campaignId) =>
      access.run(async () => {
        // In this order: what is claimed meanwhile is in the list before.
        const claimed = await steps.countDocuments(leadsQueries.firstSteps(campaignId).filter);
        const all = await leads.countDocuments(leadsQueries.leadsOf(campaignId).filter);
        const notDialed = await refused.countDocuments(leadsQueries.refusedOf(campaignId).filter);
        return { leads: all, open: all - claimed, refused: notDialed };
      }),
    refused: (campaignId, limit) =>
      access.run(async () => {
        // To the driver 0 is no limit.
        if (limit < 1) return [];
        const { filter, sort = {} } = leadsQueries.refusedOf(campaignId);
        return refused
          .find(filter, { projection: { _id: 0, row: 1, reason: 1 } })
          .sort(sort)
          .limit(limit)
          .toArray();
      }),
    close: () => access.close(),
  };
}
