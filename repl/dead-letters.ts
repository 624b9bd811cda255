/** dead-letters: see what no actor could take, send it again or drop it. */
import { type DeadLettersCommand, deadLettersProtocol, type LetterList } from '#proto/generated/dead-letters.ts';
import { type Desk, idsOf, inTheNameOf, type OperatorCommand, printAnswer } from './command.ts';
import { printTable } from './table.ts';

/** Every node keeps its own. */
async function kept(
  desk: Desk,
): Promise<readonly { readonly node: string; readonly letters: LetterList['letters'] }[]> {
  const nodes = await idsOf(desk, 'dead-letters');
  return Promise.all(
    nodes.map(async (node) => {
      const answer = await desk.runtime.ask(deadLettersProtocol, node, { type: 'ListLetters' });
      return { node, letters: answer.ok && answer.reply ? answer.reply.letters : [] };
    }),
  );
}

export const deadLetters: OperatorCommand = {
  usage: 'dead-letters [resend|drop] [command]',
  description: 'List commands that no actor could take; send one again, or drop it.',
  async complete(desk, before) {
    if (before.length === 0) return ['resend', 'drop'];
    return before.length === 1 ? (await kept(desk)).flatMap(({ letters }) => letters.map(idOf)) : [];
  },
  async run(desk, args) {
    const what = args['resend|drop'];
    const all = await kept(desk);
    if (what === undefined) {
      list(desk, all);
      return;
    }
    if (what !== 'resend' && what !== 'drop') {
      desk.print(`dead-letters cannot ${String(what)}: it can resend and drop.`);
      return;
    }
    if (args.command === undefined) {
      desk.print(`Say which one to ${what}: dead-letters lists them.`);
      return;
    }
    const commandId = String(args.command);
    const node = all.find(({ letters }) => letters.some((letter) => idOf(letter) === commandId))?.node;
    if (!node) {
      desk.print(`There is no dead letter ${commandId}: dead-letters lists them.`);
      return;
    }
    const type: DeadLettersCommand['type'] = what === 'resend' ? 'ResendLetter' : 'DropLetter';
    const command = { type, commandId, by: desk.operator };
    const answer = await desk.runtime.ask(deadLettersProtocol, node, command, inTheNameOf(desk));
    printAnswer(desk, answer, what === 'resend' ? `${commandId} is sent again.` : `${commandId} is dropped.`);
  },
};

function idOf(letter: LetterList['letters'][number]): string {
  return letter.envelope.commandId;
}

function list(desk: Desk, all: Awaited<ReturnType<typeof kept>>): void {
  const rows = all.flatMap(({ letters }) =>
    letters.map((letter) => {
      const { toKind, toId } = letter.envelope;
      const died = new Date(letter.atMs).toISOString();
      return [idOf(letter), `${toKind}/${toId}`, died, letter.code, letter.attempts, letter.message];
    }),
  );
  printTable(desk, ['command', 'to', 'died', 'of', 'tries', 'what happened'], rows, 'There are no dead letters.');
}
