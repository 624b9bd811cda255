/** What an audit found, for people. */
import type { AuditReport, RuleReport } from '#law/audit.ts';

/** Of the events that broke a rule so many are named. */
const mostNamed = 5;

export function auditPage(report: AuditReport): string {
  const { campaignId, profiles, attempts, dialed, refused, rules, kept } = report;
  const law = profiles.map(({ profile, fingerprint }) => `${profile} (${fingerprint})`).join(', ') || 'no law';
  const refusals = Object.entries(refused).map(([ruleId, count]) => `${ruleId} ${count}`);
  const broken = rules.filter((rule) => !rule.kept).length;
  return [
    `Campaign ${campaignId} under ${law}: ${attempts} attempts, ${dialed} dialed${timesOf(report)}.`,
    `  refused  ${refusals.join(', ') || 'none'}`,
    '',
    ...rules.flatMap(linesOf),
    '',
    kept ? 'Every limit was kept.' : `${broken} of ${rules.length} limits were broken.`,
  ].join('\n');
}

function timesOf({ fromMs, toMs }: AuditReport): string {
  if (fromMs === undefined || toMs === undefined) return '';
  return ` from ${new Date(fromMs).toISOString()} to ${new Date(toMs).toISOString()}`;
}

function linesOf({ id, citation, kept, checked, worst, breaches }: RuleReport): readonly string[] {
  const named = breaches.slice(0, mostNamed).map(({ event, why }) => {
    const { stream, version, type, atMs } = event;
    return `           ${stream} version ${version}, ${type} at ${new Date(atMs).toISOString()}: ${why}`;
  });
  const more =
    breaches.length > mostNamed ? [`           and ${breaches.length - mostNamed} more (--json names all)`] : [];
  return [
    `  ${kept ? 'kept  ' : 'BROKEN'}  ${id}: ${checked} checked${worst === undefined ? '' : `; worst ${worst}`}`,
    `           ${citation}`,
    ...named,
    ...more,
  ];
}
