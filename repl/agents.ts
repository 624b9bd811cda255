/** agents, agent, monitor. */
import { type AgentCommand, type AgentDescribed, agentProtocol, type MonitorMode } from '#proto/generated/agent.ts';
import { completeNothing, type Desk, idsOf, inTheNameOf, type OperatorCommand, printAnswer } from './command.ts';
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
      described.flatMap(({ id, is }) => (is ? [rowOf(id, is, nowMs)] : [])),
      'There is no agent yet.',
    );
  },
};

function rowOf(id: string, is: AgentDescribed, nowMs: number): readonly (string | number)[] {
  const { phase, reason, sinceMs, callId, nodeId, profile, owesDisposition } = is;
  const skills = profile?.skills.map(({ name, level }) => `${name} ${level}`).join('\n') ?? '';
  const what = owesDisposition ? `${phase}, owes a disposition` : phase;
  const forS = sinceMs > 0 ? `${Math.round((nowMs - sinceMs) / 1000)} s` : '';
  return [id, what, forS, reason, callId, nodeId, skills, profile?.campaigns.join('\n') ?? ''];
}

/** What an operator may do for an agent, in the words of the command. */
const wishes: Readonly<Record<string, (by: string, reason: string) => AgentCommand>> = {
  signin: (by) => ({ type: 'SignIn', by }),
  ready: (by) => ({ type: 'BecomeReady', by }),
  break: (by, reason) => ({ type: 'TakeBreak', reason: reason || 'break', by }),
  signout: (by) => ({ type: 'SignOut', by }),
};

export const agent: OperatorCommand = {
  usage: 'agent <wish> <agent> [reason...]',
  description: `Do for an agent what they could do: ${Object.keys(wishes).join(', ')}; a break has a reason.`,
  complete: async (desk, before) => {
    if (before.length === 0) return Object.keys(wishes);
    return before.length === 1 ? completeAgent(desk) : [];
  },
  async run(desk, args) {
    const id = String(args.agent);
    const wish = wishes[String(args.wish)];
    if (!wish) {
      desk.print(`${String(args.wish)} is nothing that an agent does: write one of ${Object.keys(wishes).join(', ')}.`);
      return;
    }
    if (!(await isKnown(desk, id))) return;
    const command = wish(desk.operator, args.reason === undefined ? '' : String(args.reason));
    const answer = await desk.runtime.ask(agentProtocol, id, command, inTheNameOf(desk));
    const phase = answer.ok ? (await describe(desk, id))?.phase : undefined;
    printAnswer(desk, answer, `${id} is ${phase ?? 'told'}.`);
  },
};

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
