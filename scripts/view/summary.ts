/** What is printed when a campaign is over or was stopped. */
import { join } from 'node:path';
import type { Config } from '#config/schema.ts';
import type { RunResult } from '#scripts/campaign-run.ts';
import type { CallboardNode } from '#scripts/node/node.ts';

/** Where things are unless somebody says otherwise. */
const defaultFolder = 'data';

/** Outcomes, and where everything is. */
export function printSummary(
  node: CallboardNode,
  campaignId: string,
  result: RunResult,
  { report, configFile }: { readonly report?: string | undefined; readonly configFile?: string | undefined } = {},
): void {
  const { progress, attempts, described } = result;
  const { recordings, journal, options } = whereabouts(node.config, configFile);
  const outcomes = [...progress.outcomes].map(([outcome, count]) => `${outcome} ${count}`).join(', ');
  const digits = [...progress.digits].filter(([pressed]) => pressed).map(([pressed, count]) => `${pressed}: ${count}`);
  const left = progress.leads - new Set(attempts.map(({ row }) => row)).size;
  console.log(
    [
      '',
      `${campaignId} is ${described.phase}: ${attempts.length} attempts, ${progress.leads - left} of ${progress.leads} leads have an outcome, ${described.refused} rows refused.`,
      `  outcomes    ${outcomes || 'none'}`,
      ...refusals(attempts),
      ...(digits.length > 0 ? [`  pressed     ${digits.join(', ')}`] : []),
      ...(report ? [`  report      ${report}`] : []),
      `  recordings  ${recordings(campaignId)}`,
      `  journal     ${journal}`,
      `  look back   npm run callboard -- ${options}replay campaign/${campaignId}`,
      '',
    ].join('\n'),
  );
}

/** Which rules refused attempts, and how many. */
function refusals(attempts: RunResult['attempts']): readonly string[] {
  const counts = new Map<string, number>();
  for (const { outcome, reason } of attempts) {
    if (outcome === 'refused') counts.set(reason, (counts.get(reason) ?? 0) + 1);
  }
  return [...counts].map(([reason, count]) => `  refused     ${count}: ${reason} (docs/law.md)`);
}

/** In a cluster each recording is on the node that held the call. */
function whereabouts({ dataFolder, mongodb, cluster }: Config, configFile: string | undefined) {
  const data = dataFolder === defaultFolder ? '' : `--data ${dataFolder} `;
  if (!mongodb) {
    const recordings = (campaignId: string) => join(dataFolder, 'recordings', campaignId);
    return { recordings, journal: join(dataFolder, 'journal.db'), options: data };
  }
  const recordings = (campaignId: string) =>
    `recordings/${campaignId} in the data folder of the node that held the call`;
  return {
    recordings,
    journal: `the database ${mongodb.database} of the cluster ${cluster}`,
    // What the environment says it says again.
    options: configFile ? `--config ${configFile} ` : '',
  };
}
