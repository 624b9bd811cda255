/** campaigns, pause, resume, stop. */
import { type CampaignCommand, type CampaignDescribed, campaignProtocol } from '#proto/generated/campaign.ts';
import { completeNothing, type Desk, idsOf, inTheNameOf, type OperatorCommand, printAnswer } from './command.ts';
import { printTable } from './table.ts';

async function describe(desk: Desk, id: string): Promise<CampaignDescribed | undefined> {
  const answer = await desk.runtime.ask(campaignProtocol, id, { type: 'DescribeCampaign' });
  return answer.ok ? answer.reply : undefined;
}

/** The trunk that a running campaign waits for until an operator configures it. */
function missingTrunk(desk: Desk, { phase, settings }: CampaignDescribed): string | undefined {
  if (phase !== 'running' || !settings || !desk.hasTrunk || desk.hasTrunk(settings.trunkId)) return undefined;
  return settings.trunkId;
}

function reasonOf(desk: Desk, is: CampaignDescribed): string {
  const trunkId = missingTrunk(desk, is);
  return trunkId ? `waits for trunk ${trunkId},\nwhich is not configured here` : is.reason;
}

const completeCampaign = (desk: Desk): Promise<readonly string[]> => idsOf(desk, 'campaign');

export const campaigns: OperatorCommand = {
  usage: 'campaigns',
  description: 'List campaigns with their phase, live calls and outcomes.',
  complete: completeNothing,
  async run(desk) {
    const ids = await idsOf(desk, 'campaign');
    const described = await Promise.all(ids.map(async (id) => ({ id, is: await describe(desk, id) })));
    printTable(
      desk,
      ['campaign', 'phase', 'leads', 'attempts', 'live', 'outcomes', 'reason'],
      described.map(({ id, is }) => (is ? rowOf(desk, id, is) : [id, 'no answer yet', '', '', '', '', ''])),
      'There is no campaign yet.',
    );
  },
};

function rowOf(desk: Desk, id: string, is: CampaignDescribed): readonly (string | number)[] {
  const phase = is.loading ? `${is.phase}, loading` : is.phase;
  const outcomes = is.outcomes.map(({ outcome, count }) => `${outcome} ${count}`).join('\n');
  return [id, phase, is.leads, is.attempts, is.liveCalls, outcomes, reasonOf(desk, is)];
}

function steering(
  usage: string,
  description: string,
  make: (desk: Desk, reason: string) => CampaignCommand,
  done: string,
): OperatorCommand {
  return {
    usage,
    description,
    complete: (desk, before) => (before.length === 0 ? completeCampaign(desk) : completeNothing()),
    async run(desk, args) {
      const id = String(args.campaign);
      if (!(await idsOf(desk, 'campaign', id)).includes(id)) {
        desk.print(`There is no campaign ${id}: campaigns lists them.`);
        return;
      }
      const command = make(desk, args.reason === undefined ? '' : String(args.reason));
      const answer = await desk.runtime.ask(campaignProtocol, id, command, inTheNameOf(desk));
      printAnswer(desk, answer, `${id} ${done}`);
      const is = answer.ok ? await describe(desk, id) : undefined;
      const trunkId = is && missingTrunk(desk, is);
      if (!trunkId) return;
      desk.print(
        `It waits for trunk ${trunkId}, which this node has no settings for: name it in the configuration (--config).`,
      );
    },
  };
}

export const pause = steering(
  'pause <campaign> [reason...]',
  'Start no new attempts; calls that were not dialed yet wait, live ones go on.',
  (desk, reason) => ({ type: 'PauseCampaign', by: desk.operator, reason }),
  'is paused.',
);

export const resume = steering(
  'resume <campaign>',
  'Go on with a paused campaign.',
  (desk) => ({ type: 'ResumeCampaign', by: desk.operator }),
  'goes on.',
);

export const stop = steering(
  'stop <campaign>',
  'Start no new attempts, for good; calls that were not dialed yet are canceled, live ones go on.',
  (desk) => ({ type: 'StopCampaign', by: desk.operator }),
  'is stopped.',
);
