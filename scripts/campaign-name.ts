/** What a campaign is called. */
import { createHash } from 'node:crypto';
import { basename, resolve } from 'node:path';
import { FatalError } from '#ports/errors.ts';
import { longestCampaignId } from '#proto/call-name.ts';

/** @throws CONFIG_INVALID */
export function checkCampaignId(campaign: string): void {
  if (/^[A-Za-z0-9._-]+$/.test(campaign) && campaign.length <= longestCampaignId) return;
  throw new FatalError(
    'CONFIG_INVALID',
    `--campaign takes 1 to ${longestCampaignId} letters, digits, dots, underscores and hyphens: give another name.`,
  );
}

/** The same list is the same campaign, wherever the command is typed. */
export function campaignIdOf(list: string): string {
  const path = resolve(list);
  const name =
    basename(path)
      .replace(/\.[^.]*$/, '')
      .replace(/[^A-Za-z0-9_-]+/g, '-')
      .slice(0, 40) || 'list';
  return `${name}-${createHash('sha256').update(path).digest('hex').slice(0, 8)}`;
}
