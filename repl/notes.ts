/** notes, and what an agent writes: its text goes into the vault, and is in no command, no event and no history of lines. */
import { randomBytes } from 'node:crypto';
import type { REPLServer } from 'node:repl';
import type { KeptNote } from '#ports/vault.ts';
import { type AgentCommand, agentProtocol } from '#proto/generated/agent.ts';
import { callProtocol } from '#proto/generated/call.ts';
import type { Desk, OperatorCommand } from './command.ts';
import { completeContact, isKnownContact } from './contacts.ts';

const noVault =
  "This console has no vault, and the text of a note goes by no other way: open one with the cluster's configuration, which names its database and the vault's secret (callboard repl --config FILE).";

/** Phases of an agent who has a customer, or had one last. */
const withCustomer = ['talking', 'holding', 'wrapping'];

/**
 * Keeps a note about the call that an agent has or wraps up, and gives the command that tells the agent of it; nothing
 * where it was not kept, which is said.
 */
export async function keptNote(desk: Desk, agentId: string, text: string): Promise<AgentCommand | undefined> {
  const { vault, operator: by } = desk;
  if (!vault) {
    desk.print(noVault);
    return undefined;
  }
  const described = await desk.runtime.ask(agentProtocol, agentId, { type: 'DescribeAgent' });
  const { phase = '', callId = '' } = (described.ok ? described.reply : undefined) ?? {};
  const call = withCustomer.includes(phase)
    ? await desk.runtime.ask(callProtocol, callId, { type: 'DescribeCall' })
    : undefined;
  const contactId = call?.ok ? call.reply?.contactId : undefined;
  if (!contactId) {
    desk.print(`${agentId} has no call to write about: a note is written in a call or after it, before the next.`);
    return undefined;
  }
  const noteId = randomBytes(12).toString('hex');
  await vault.keepNote(contactId, { noteId, text, callId, by: `agent/${agentId}` });
  return { type: 'NoteCall', callId, contactId, noteId, by };
}

export const notes: OperatorCommand = {
  usage: 'notes <contact>',
  description: 'Read what was written about a contact; that you have read it is journaled.',
  complete: completeContact,
  async run(desk, args) {
    const id = String(args.contact);
    if (!desk.vault) {
      desk.print(noVault);
      return;
    }
    if (!(await isKnownContact(desk, id))) return;
    const kept = await desk.vault.readNotes(id, { purpose: 'console', by: desk.operator });
    for (const note of kept) desk.print(written(note));
    if (kept.length === 0) desk.print('There is no note yet.');
  },
};

/** What a text does to a terminal is not ours to let happen. */
function written({ atMs, by, callId, text }: KeptNote): string {
  const shown = text.replaceAll(/\s+/g, ' ').replaceAll(/\p{Cc}/gu, '');
  return `${new Date(atMs).toISOString()}  ${by} in ${callId}: ${shown}`;
}

/** A line that writes a note, as it was typed: Moleculer's console would take quotes out of the text, and words for options. */
export function writtenNote(line: string): { readonly agent: string; readonly more: string } | undefined {
  const [, agent, more] = /^\s*agent\s+note\s+(\S+)\s+(.*\S)\s*$/s.exec(line) ?? [];
  return agent !== undefined && more !== undefined ? { agent, more } : undefined;
}

/** Moleculer's console keeps its lines in a file at home, in the clear: one that writes a note is none of them. */
export function forgetsNotes(server: Pick<REPLServer, 'on'>): void {
  server.on('history', (lines: string[]) => {
    if (writtenNote(lines[0] ?? '')) lines.shift();
  });
}
