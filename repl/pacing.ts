/** pacing. */
import { type CampaignDescribed, campaignProtocol, type PacingReason } from '#proto/generated/campaign.ts';
import { completeNothing, type Desk, idsOf, type OperatorCommand } from './command.ts';
import { printTable } from './table.ts';

export const pacing: OperatorCommand = {
  usage: 'pacing <campaign>',
  description:
    'Why a campaign dials so many: its agents, its lines, who was abandoned, and what its pacer goes by now.',
  complete: (desk, before) => (before.length === 0 ? idsOf(desk, 'campaign') : completeNothing()),
  async run(desk, args) {
    const id = String(args.campaign);
    const is = await describe(desk, id);
    if (!is) {
      desk.print(`There is no campaign ${id}: campaigns lists them.`);
      return;
    }
    if (!is.agents) {
      desk.print(
        `${id} has no agents: a prompt takes every answer, so it dials as fast as its lines and its rate allow.`,
      );
      return;
    }
    const { ready, talking, wrapping, waiting, reasons } = is.agents;
    printTable(
      desk,
      ['agents and lines', '', 'the pacer goes by', ''],
      besides(
        [
          ['agents ready', ready],
          ['talking', talking],
          ['wrapping up', wrapping],
          ['callees who wait', waiting],
          ['lines', `${is.liveCalls} of ${is.settings?.maxCalls ?? 0}`],
        ],
        reasons.map(rowOf),
      ),
      '',
    );
  },
};

async function describe(desk: Desk, id: string): Promise<CampaignDescribed | undefined> {
  if (!(await idsOf(desk, 'campaign', id)).includes(id)) return undefined;
  const answer = await desk.runtime.ask(campaignProtocol, id, { type: 'DescribeCampaign' });
  return answer.ok ? answer.reply : undefined;
}

type Row = readonly [name: string, value: string | number];

function rowOf({ name, amount = 0, word }: PacingReason): Row {
  return [name, word ?? (Number.isInteger(amount) ? amount : Number(amount.toPrecision(3)))];
}

function besides(left: readonly Row[], right: readonly Row[]): readonly (string | number)[][] {
  const rows = Math.max(left.length, right.length);
  return Array.from({ length: rows }, (_, at) => [...(left[at] ?? ['', '']), ...(right[at] ?? ['', ''])]);
}
