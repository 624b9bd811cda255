/** calls, hangup. */
import { type CallDescribed, callProtocol } from '#proto/generated/call.ts';
import { mostListed } from '#runtime/operations/operations.ts';
import { completeNothing, type Desk, inTheNameOf, type OperatorCommand, printAnswer } from './command.ts';
import { printMissing, printTable } from './table.ts';

interface LiveCall extends CallDescribed {
  readonly id: string;
  readonly node: string;
}

/** Calls that are in some memory and not over. */
async function liveCalls(desk: Desk) {
  const found = await desk.fleet.activations({ kind: 'call', limit: mostListed });
  const described = await Promise.all(
    found.actors.map(async ({ id, node }): Promise<readonly LiveCall[]> => {
      const answer = await desk.runtime.ask(callProtocol, id, { type: 'DescribeCall' });
      return answer.ok && answer.reply ? [{ ...answer.reply, id, node }] : [];
    }),
  );
  return { ...found, live: described.flat().filter(({ phase }) => phase !== 'ended' && phase !== 'new') };
}

export const calls: OperatorCommand = {
  usage: 'calls',
  description: 'List live calls with their phase.',
  complete: completeNothing,
  async run(desk) {
    const nowMs = desk.clock.now();
    const { live, ...found } = await liveCalls(desk);
    printTable(
      desk,
      ['call', 'node', 'contact', 'phase', 'for', 'digits'],
      live.map(({ id, node, mask, phase, sinceMs, digits }) => {
        return [id, node, mask, phase, `${Math.round((nowMs - sinceMs) / 1000)} s`, digits];
      }),
      'No call is live.',
    );
    printMissing(desk, found);
  },
};

export const hangup: OperatorCommand = {
  usage: 'hangup <call>',
  description: 'End a call: CANCEL before the answer, BYE after it.',
  complete: async (desk, before) => (before.length === 0 ? (await liveCalls(desk)).live.map(({ id }) => id) : []),
  async run(desk, args) {
    const id = String(args.call);
    const described = await desk.runtime.ask(callProtocol, id, { type: 'DescribeCall' });
    if (described.ok && described.reply?.phase === 'ended') {
      desk.print(`${id} has ended: ${described.reply.outcome}.`);
      return;
    }
    const answer = await desk.runtime.ask(callProtocol, id, { type: 'HangUp', by: desk.operator }, inTheNameOf(desk));
    printAnswer(desk, answer, `${id} is being ended.`);
  },
};
