/** What is printed when a campaign is over or was stopped. */
import { join } from 'node:path';
import type { RunResult } from '#scripts/campaign-run.ts';
import type { CallboardNode } from '#scripts/node/node.ts';

/** Where things are unless somebody says otherwise. */
const defaultFolder = 'data';

/** Outcomes, and where everything is. */
export function printSummary(node: CallboardNode, campaignId: string, result: RunResult, report?: string): void {
  const { progress, attempts, described } = result;
  const folder = node.config.dataFolder;
  const data = folder === defaultFolder ? '' : `--data ${folder} `;
  const outcomes = [...progress.outcomes].map(([outcome, count]) => `${outcome} ${count}`).join(', ');
  const digits = [...progress.digits].filter(([pressed]) => pressed).map(([pressed, count]) => `${pressed}: ${count}`);
  const left = progress.leads - new Set(attempts.map(({ row }) => row)).size;
  console.log(
    [
      '',
      `${campaignId} is ${described.phase}: ${attempts.length} attempts, ${progress.leads - left} of ${progress.leads} leads have an outcome, ${described.refused} rows refused.`,
      `  outcomes    ${outcomes || 'none'}`,
      ...(digits.length > 0 ? [`  pressed     ${digits.join(', ')}`] : []),
      ...(report ? [`  report      ${report}`] : []),
      `  recordings  ${join(folder, 'recordings', campaignId)}`,
      `  journal     ${join(folder, 'journal.db')}`,
      `  look back   npm run callboard -- ${data}replay campaign/${campaignId}`,
      '',
    ].join('\n'),
  );
}
