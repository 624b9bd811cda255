/** Reads the whole journal once, as far as an audit needs it, and believes no stream whose chain does not hold. */
import { setTimeout as pause } from 'node:timers/promises';
import { callChronicle } from '#actors/call/chronicle.ts';
import { campaignChronicle } from '#actors/campaign/chronicle.ts';
import { contactChronicle } from '#actors/contact/chronicle.ts';
import { type AuditRecord, auditRecorder } from '#law/audit-record.ts';
import { FatalError, RetryableError } from '#ports/errors.ts';
import type { JournalReader, StoredEntry } from '#ports/journal.ts';
import type { CallEvent } from '#proto/generated/call.ts';
import type { CampaignEvent } from '#proto/generated/campaign.ts';
import type { ContactEvent } from '#proto/generated/contact.ts';
import { type Chronicle, chronicle } from '#runtime/actor.ts';
import { type ChainEnd, genesis, link } from '#runtime/commits.ts';
import { eventsOf } from '#runtime/upcasting.ts';

const audited: ReadonlyMap<string, Chronicle> = new Map(
  [chronicle(callChronicle), chronicle(campaignChronicle), chronicle(contactChronicle)].map((each) => [
    each.protocol.kind,
    each,
  ]),
);
const entriesAtOnce = 1000;
const lookMs = 50;
const mostWaitMs = 30_000;

/**
 * What the journal has now; what is written meanwhile may be in it or not.
 * @throws JOURNAL_BROKEN at the first link that does not hold, JOURNAL_UNAVAILABLE where not all of it comes.
 */
export async function readAuditRecord(
  journal: Pick<JournalReader, 'readAll' | 'head' | 'hasReached'>,
  campaignId: string,
): Promise<AuditRecord> {
  const recorder = auditRecorder(campaignId);
  const ends = new Map<string, ChainEnd>();
  const head = await journal.head();
  let waited = 0;
  for (let position = ''; !(await journal.hasReached(position, head)); ) {
    const entries = await journal.readAll(position, entriesAtOnce);
    if (entries.length === 0) {
      // A node of a cluster may still be about to write what stands before the head of then.
      await pause(lookMs);
      waited += 1;
      if (waited * lookMs > mostWaitMs) throw unread();
      continue;
    }
    for (const entry of entries) read(entry);
    position = entries.at(-1)?.position ?? position;
  }
  return recorder;

  function read(entry: StoredEntry): void {
    const { stream } = entry;
    const kind = stream.slice(0, stream.indexOf('/'));
    const known = audited.get(kind);
    if (!known || (kind === 'campaign' && stream !== `campaign/${campaignId}`)) return;
    const linked = link(stream, entry, ends.get(stream) ?? genesis);
    if ('broken' in linked) {
      const { version, why } = linked.broken;
      throw new FatalError(
        'JOURNAL_BROKEN',
        `The chain of ${stream} is broken at version ${version}: ${why}; compare the journal with a backup from before.`,
      );
    }
    ends.set(stream, { version: entry.version, hash: entry.hash });
    for (const event of eventsOf(known, linked.commit)) {
      recorder.add(stream, entry.version, event as CallEvent | CampaignEvent | ContactEvent, linked.commit.atMs);
    }
  }
}

/** Half a journal proves nothing. */
function unread(): RetryableError {
  const seconds = mostWaitMs / 1000;
  return new RetryableError(
    'JOURNAL_UNAVAILABLE',
    `The journal has not given all that was written before the audit began within ${seconds} s: look whether its database answers, and try again.`,
  );
}
