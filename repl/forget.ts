/** forget. */
import { nodeProtocol } from '#proto/generated/node.ts';
import { inTheNameOf, type OperatorCommand, printAnswer } from './command.ts';
import { missing, settled } from './nodes.ts';

export const forget: OperatorCommand = {
  usage: 'forget <node>',
  description: 'Leave a node that died out of nodes; it is listed again when it starts again.',
  async complete(desk, before) {
    if (before.length > 0) return [];
    return (await missing(desk, new Set(desk.fleet.nodes()))).map(([node]) => node);
  },
  async run(desk, args) {
    const node = String(args.node);
    const command = { type: 'ForgetNode', by: desk.operator } as const;
    const answer = await desk.runtime.ask(nodeProtocol, node, command, inTheNameOf(desk));
    if (!answer.ok) {
      printAnswer(desk, answer, '');
      return;
    }
    const record = await settled(desk, node, ({ forgetting }) => forgetting);
    if (record?.phase === 'forgotten') desk.print(`${node} is forgotten.`);
    else if (record?.refusal) desk.print(`${node} is not forgotten: ${record.refusal}`);
    else desk.print(`Nobody has looked for ${node} yet: nodes shows whether it is forgotten.`);
  },
};
