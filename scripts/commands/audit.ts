/** `callboard audit CAMPAIGN`: did it keep its law? From the journal alone. */
import { type AuditReport, audit } from '#law/audit.ts';
import { FatalError } from '#ports/errors.ts';
import { readAuditRecord } from '#scripts/law/read-audit.ts';
import { withJournal } from '#scripts/read-journal.ts';
import { auditPage } from '#scripts/view/audit.ts';
import type { CommonOptions } from './options.ts';

export interface AuditOptions extends CommonOptions {
  readonly json?: boolean;
}

/**
 * Prints each rule with what was checked and how near it came, and the events that broke it; exit code 1 where one did.
 * @throws ACTOR_UNKNOWN where the journal has nothing of the campaign, JOURNAL_BROKEN where it cannot be believed.
 */
export async function auditCampaign(campaignId: string, options: AuditOptions): Promise<void> {
  const report = await withJournal(options, async (journal): Promise<AuditReport> => {
    const record = await readAuditRecord(journal, campaignId);
    if (record.events > 0) return audit(record);
    throw new FatalError(
      'ACTOR_UNKNOWN',
      `The journal has nothing of campaign/${campaignId}: check the name; the console's campaigns command lists some.`,
    );
  });
  console.log(options.json ? JSON.stringify(report, null, 2) : auditPage(report));
  if (!report.kept) process.exitCode = 1;
}
