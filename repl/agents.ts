/** agents, agent, monitor. */
import { type AgentCommand, type AgentDescribed, agentProtocol, type MonitorMode } from '#proto/generated/agent.ts';
import { completeNothing, type Desk, idsOf, inTheNameOf, type OperatorCommand, printAnswer } from './command.ts';
import { disposalOf } from './disposal.ts';
import { keptNote } from './notes.ts';
import { printTable } from './table.ts';

async function describe(desk: Desk, id: string): Promise<AgentDescribed | undefined> {
  const answer = await desk.runtime.ask(agentProtocol, id, { type: 'DescribeAgent' });
  return answer.ok ? answer.reply : undefined;
}

const completeAgent = (desk: Desk): Promise<readonly string[]> => idsOf(desk, 'agent');

/** Whether there is such an agent; says so where there is none. */
async function isKnown(desk: Desk, id: string): Promise<boolean> {
  if ((await idsOf(desk, 'agent', id)).includes(id)) return true;
  desk.print(`There is no agent ${id}: agents lists them.`);
  return false;
}

export const agents: OperatorCommand = {
  usage: 'agents',
  description: 'List agents: where they stand, since when, and in which call.',
  complete: completeNothing,
  async run(desk) {
    const ids = await idsOf(desk, 'agent');
    const described = await Promise.all(ids.map(async (id) => ({ id, is: await describe(desk, id) })));
    const nowMs = desk.clock.now();
    printTable(
      desk,
      ['agent', 'phase', 'for', 'reason', 'call', 'node', 'skills', 'campaigns'],
      described.map(({ id, is }) => (is ? rowOf(id, is, nowMs) : [id, 'no answer yet', '', '', '', '', '', ''])),
      'There is no agent yet.',
    );
  },
};

function rowOf(id: string, is: AgentDescribed, nowMs: number): readonly (string | number)[] {
  const { reason, sinceMs, callId, nodeId, profile } = is;
  const skills = profile?.skills.map(({ name, level }) => `${name} ${level}`).join('\n') ?? '';
  const forS = sinceMs > 0 ? `${Math.round((nowMs - sinceMs) / 1000)} s` : '';
  return [id, standOf(is), forS, reason, callId, nodeId, skills, profile?.campaigns.join('\n') ?? ''];
}

/** Nothing where it cannot be, which was said. */
type Wish = (by: string, more: string, desk: Desk, id: string) => AgentCommand | Promise<AgentCommand | undefined>;

/** What an operator may do for an agent, in the words of the command; `more` is what stands after the agent. */
const wishes: Readonly<Record<string, Wish>> = {
  signin: (by) => ({ type: 'SignIn', by }),
  ready: (by) => ({ type: 'BecomeReady', by }),
  break: (by, reason) => ({ type: 'TakeBreak', reason: reason || 'break', by }),
  signout: (by) => ({ type: 'SignOut', by }),
  hold: (by) => ({ type: 'HoldCall', by }),
  retrieve: (by) => ({ type: 'RetrieveCall', by }),
  mute: (by) => ({ type: 'MuteMicrophone', muted: true, by }),
  unmute: (by) => ({ type: 'MuteMicrophone', muted: false, by }),
  transfer: (by, agentId) => ({ type: 'TransferCall', agentId, target: '', warm: false, by }),
  consult: (by, agentId) => ({ type: 'TransferCall', agentId, target: '', warm: true, by }),
  complete: (by) => ({ type: 'CompleteTransfer', by }),
  cancel: (by) => ({ type: 'CancelTransfer', by }),
  refer: (by, target) => ({ type: 'TransferCall', agentId: '', target, warm: false, by }),
  hangup: (by) => ({ type: 'EndCall', by }),
  dispose: (by, text, desk) => ({ type: 'DisposeCall', ...disposalOf(text, desk.clock.now()), by }),
  optout: (by) => ({ type: 'OptOutCustomer', by }),
  note: (_by, text, desk, id) => keptNote(desk, id, text),
  accept: (by) => ({ type: 'AnswerPreview', accepted: true, by }),
  skip: (by) => ({ type: 'AnswerPreview', accepted: false, by }),
  click: (by, campaignId) => ({ type: 'RequestLead', campaignId, by }),
};
/** What must stand after the agent. */
const wanted: Readonly<Record<string, string>> = {
  transfer: 'another agent',
  consult: 'another agent',
  refer: 'a target of the campaign',
  dispose: 'a disposition',
  note: 'a text',
  click: 'a campaign',
};
/** Others have the last word of these, and say it later. */
const askedOfOthers = ['transfer', 'consult', 'refer', 'click'];
/** Those that name another agent. */
const toAnother = ['transfer', 'consult'];

export const agent: OperatorCommand = {
  usage: 'agent <wish> <agent> [more...]',
  description: `Do for an agent what they could do: ${Object.keys(wishes).join(', ')}. More: of a break the reason, of transfer and consult (which asks first: complete or cancel) another agent, of refer a target of the campaign, of dispose a disposition and perhaps when to call again (no/later in 2h, with mine behind it by the same agent), of note what is to be remembered, of click a campaign.`,
  complete: async (desk, before) => {
    if (before.length === 0) return Object.keys(wishes);
    const isName = before.length === 1 || (before.length === 2 && toAnother.includes(before[0] ?? ''));
    return isName ? completeAgent(desk) : [];
  },
  async run(desk, args) {
    const id = String(args.agent);
    const wish = wishes[String(args.wish)];
    if (!wish) {
      desk.print(`${String(args.wish)} is nothing that an agent does: write one of ${Object.keys(wishes).join(', ')}.`);
      return;
    }
    if (!(await isKnown(desk, id))) return;
    const more = args.more === undefined ? '' : String(args.more);
    const name = String(args.wish);
    if (more === '' && wanted[name]) {
      desk.print(`${name} wants ${wanted[name]}: write it after the agent, agent ${name} ${id} …`);
      return;
    }
    if (toAnother.includes(name) && !(await isKnown(desk, more))) return;
    if (name === 'click' && !(await idsOf(desk, 'campaign', more)).includes(more)) {
      desk.print(`There is no campaign ${more}: campaigns lists them.`);
      return;
    }
    const command = await wish(desk.operator, more, desk, id);
    if (!command) return;
    const answer = await desk.runtime.ask(agentProtocol, id, command, inTheNameOf(desk));
    const is = answer.ok ? await describe(desk, id) : undefined;
    const later = askedOfOthers.includes(name) ? `; tail agent/${id} shows what comes of it` : '';
    printAnswer(desk, answer, `${id} is ${is ? standOf(is) : 'told'}${later}.`);
  },
};

/** Where an agent stands, with what was asked for and comes with the end of the call. */
function standOf({ phase, muted, owesDisposition, afterwards }: AgentDescribed): string {
  const more = [
    ...(muted ? ['muted'] : []),
    ...(owesDisposition ? ['owes a disposition'] : []),
    ...(afterwards ? [`${afterwards} after the call`] : []),
  ];
  return [phase, ...more].join(', ');
}

const modes: readonly MonitorMode[] = ['listen', 'whisper', 'join'];

export const monitor: OperatorCommand = {
  usage: 'monitor <supervisor> <agent> [mode]',
  description: `Let a supervisor, who is an agent on a shift, attend the calls of another: ${modes.join(', ')}; stop ends it.`,
  complete: async (desk, before) => {
    if (before.length < 2) return completeAgent(desk);
    return before.length === 2 ? [...modes, 'stop'] : [];
  },
  async run(desk, args) {
    const supervisor = String(args.supervisor);
    const agentId = String(args.agent);
    const word = args.mode === undefined ? 'listen' : String(args.mode);
    const mode = modes.find((each) => each === word);
    if (!mode && word !== 'stop') {
      desk.print(`${word} is no way to attend a call: write one of ${modes.join(', ')}, or stop.`);
      return;
    }
    if (!(await isKnown(desk, supervisor)) || !(await isKnown(desk, agentId))) return;
    const { operator: by } = desk;
    const command: AgentCommand = mode
      ? { type: 'StartMonitoring', agentId, mode, by }
      : { type: 'StopMonitoring', by };
    const answer = await desk.runtime.ask(agentProtocol, supervisor, command, inTheNameOf(desk));
    printAnswer(desk, answer, mode ? `${supervisor} attends ${agentId} (${mode}).` : `${supervisor} attends nobody.`);
  },
};
