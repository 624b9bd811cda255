/** The floor of a campaign with agents as a person wants to see it: who does what, and why the pacer dials as it does. */
import Table from 'cli-table3';
import type { CampaignDescribed, PacingReason } from '#proto/generated/campaign.ts';

export interface FloorView {
  readonly campaignId: string;
  readonly described: CampaignDescribed;
  /** How many agents are in each phase. */
  readonly phases: ReadonlyMap<string, number>;
  /** Agent-hours on the phone so far. */
  readonly agentHours: number;
  /** Talk so far, talks that go on included, minutes. */
  readonly talkMinutes: number;
  /** Since the start, s. */
  readonly elapsedS: number;
}

/** Share of the answered that were abandoned, 0 to 1. */
export function abandonRate({
  answered,
  abandoned,
}: {
  readonly answered: number;
  readonly abandoned: number;
}): number {
  return answered === 0 ? 0 : abandoned / answered;
}

/** Talk minutes of an agent in an hour on the phone. */
export function talkPerHour({ agentHours, talkMinutes }: Pick<FloorView, 'agentHours' | 'talkMinutes'>): number {
  return agentHours === 0 ? 0 : talkMinutes / agentHours;
}

/** The table as text. */
export function floorPicture(view: FloorView): string {
  const { campaignId, described, phases, elapsedS } = view;
  const { agents, settings, liveCalls, leads, attempts, phase } = described;
  const count = (...names: string[]) => names.reduce((sum, name) => sum + (phases.get(name) ?? 0), 0);
  const limit = settings?.agents?.maxAbandonRate ?? 0;
  const { answered = 0, abandoned = 0, waiting = 0 } = agents ?? {};
  const others = [
    ...(count('previewing') > 0 ? [`looking at a contact ${count('previewing')}`] : []),
    ...(count('monitoring') > 0 ? [`supervising ${count('monitoring')}`] : []),
  ];
  const table = new Table({ style: { head: [], border: [] }, colWidths: [22, 50] });
  table.push(
    [
      'agents',
      [
        `ready ${count('ready')}, talking ${count('talking', 'holding', 'reserved')}, wrapping ${count('wrapping')}, away ${count('break', 'offline', 'signing-in')}`,
        ...(others.length > 0 ? [others.join(', ')] : []),
      ].join('\n'),
    ],
    ['lines', `${liveCalls} of ${settings?.maxCalls ?? 0}, ${waiting} answered and waiting`],
    [
      'answered',
      `${answered}, abandoned ${abandoned}: ${percent(abandonRate({ answered, abandoned }))} of at most ${percent(limit)}`,
    ],
    ['talk', `${talkPerHour(view).toFixed(1)} minutes per agent-hour`],
    ['list', `${attempts} attempts, ${leads} leads`],
    ['pacer', reasonsLine(agents?.reasons ?? [])],
  );
  return `${campaignId}, ${phase}, ${Math.round(elapsedS)} s\n${table.toString()}`;
}

/** What the pacer went by, as `name value` with commas. */
export function reasonsLine(reasons: readonly PacingReason[]): string {
  const words = reasons.map(({ name, amount, word }) => `${name} ${word ?? rounded(amount ?? 0)}`);
  const lines = [''];
  for (const each of words) {
    const line = lines.at(-1) ?? '';
    const longer = line ? `${line}, ${each}` : each;
    if (longer.length <= 46) lines[lines.length - 1] = longer;
    else lines.push(each);
  }
  return lines.join('\n');
}

function percent(share: number): string {
  return `${(share * 100).toFixed(1)} %`;
}

function rounded(amount: number): string {
  return Number.isInteger(amount) ? `${amount}` : amount.toPrecision(3);
}
