/** calls, hangup. */
import Table from 'cli-table3';
import { type CallDescribed, callProtocol } from '#proto/generated/call.ts';
import { completeNothing, type Desk, type OperatorCommand, printAnswer } from './command.ts';

interface LiveCall extends CallDescribed {
  readonly id: string;
}

/** Calls that are in memory here and not over. */
async function liveCalls(desk: Desk): Promise<readonly LiveCall[]> {
  const active = desk.runtime.activations().filter(({ kind }) => kind === 'call');
  const described = await Promise.all(
    active.map(async ({ id }) => {
      const answer = await desk.runtime.ask(callProtocol, id, { type: 'DescribeCall' });
      return answer.ok && answer.reply ? [{ ...answer.reply, id }] : [];
    }),
  );
  return described.flat().filter(({ phase }) => phase !== 'ended' && phase !== 'new');
}

export const calls: OperatorCommand = {
  usage: 'calls',
  description: 'List live calls with their phase.',
  complete: completeNothing,
  async run(desk) {
    const table = new Table({ head: ['call', 'contact', 'phase', 'for', 'digits'], style: { head: [], border: [] } });
    const nowMs = Date.now();
    for (const { id, mask, phase, sinceMs, digits } of await liveCalls(desk)) {
      table.push([id, mask, phase, `${Math.round((nowMs - sinceMs) / 1000)} s`, digits]);
    }
    desk.print(table.length > 0 ? table.toString() : 'No call is live.');
  },
};

export const hangup: OperatorCommand = {
  usage: 'hangup <call>',
  description: 'End a call: CANCEL before the answer, BYE after it.',
  complete: async (desk, before) => (before.length === 0 ? (await liveCalls(desk)).map(({ id }) => id) : []),
  async run(desk, args) {
    const id = String(args.call);
    const described = await desk.runtime.ask(callProtocol, id, { type: 'DescribeCall' });
    if (described.ok && described.reply?.phase === 'ended') {
      desk.print(`${id} has ended: ${described.reply.outcome}.`);
      return;
    }
    const answer = await desk.runtime.ask(
      callProtocol,
      id,
      { type: 'HangUp', by: desk.operator },
      { sender: `operator:${desk.operator}` },
    );
    printAnswer(desk, answer, `${id} is being ended.`);
  },
};
