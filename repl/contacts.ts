/** contact, forbid, allow: whether somebody may be called. By the contact's id: no number is typed at a console. */
import { type ContactCommand, contactProtocol } from '#proto/generated/contact.ts';
import { completeNothing, type Desk, idsOf, inTheNameOf, type OperatorCommand, printAnswer } from './command.ts';

const globalList = 'global';

export const completeContact = (desk: Desk, before: readonly string[], last: string): Promise<readonly string[]> =>
  before.length === 0 ? idsOf(desk, 'contact', last) : completeNothing();

/** Whether there is such a contact; says so where there is none. A command to a name that nobody has would make one. */
export async function isKnownContact(desk: Desk, id: string): Promise<boolean> {
  if ((await idsOf(desk, 'contact', id)).includes(id)) return true;
  desk.print(`There is no contact ${id}, or it was never called; numbers are put on a list with callboard dnc.`);
  return false;
}

export const contact: OperatorCommand = {
  usage: 'contact <contact>',
  description:
    'Show how often a number was read, how many notes there are, the lists that it is on, and who may call it.',
  complete: completeContact,
  async run(desk, args) {
    const id = String(args.contact);
    if (!(await isKnownContact(desk, id))) return;
    const answer = await desk.runtime.ask(contactProtocol, id, { type: 'DescribeContact' });
    if (!answer.ok || answer.reply?.type !== 'ContactDescribed') {
      desk.print(answer.ok ? 'It says nothing.' : `${answer.rejection.code}: ${answer.rejection.message}`);
      return;
    }
    const { readings, erased, lists, consents, recentAttempts, notes } = answer.reply;
    desk.print(`read ${readings} times, ${recentAttempts} attempts in 31 days${erased ? ', erased' : ''}`);
    desk.print(`notes: ${notes}`);
    desk.print(`not called because of: ${lists.join(', ') || 'no list'}`);
    desk.print(`agreed to: ${consents.join(', ') || 'nothing'}`);
  },
};

function listing(
  name: string,
  description: string,
  make: (list: string, by: string) => ContactCommand,
  done: (list: string) => string,
): OperatorCommand {
  return {
    usage: `${name} <contact> [list]`,
    description,
    complete: completeContact,
    async run(desk, args) {
      const id = String(args.contact);
      if (!(await isKnownContact(desk, id))) return;
      const list = args.list === undefined ? globalList : String(args.list);
      const command = make(list, desk.operator);
      printAnswer(desk, await desk.runtime.ask(contactProtocol, id, command, inTheNameOf(desk)), done(list));
    },
  };
}

export const forbid = listing(
  'forbid',
  'Put a contact on a list of those who are not called (global).',
  (list, by) => ({ type: 'ForbidCalls', list, campaignId: '', by }),
  (list) => `It is on the list ${list}.`,
);

export const allow = listing(
  'allow',
  'Take a contact off a list of those who are not called (global).',
  (list, by) => ({ type: 'AllowCalls', list, campaignId: '', by }),
  (list) => `It is not on the list ${list}.`,
);
