import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { start } from 'node:repl';
import { PassThrough } from 'node:stream';
import { describe, expect, test } from '@jest/globals';
import type { KeptNote, Note, Vault } from '#ports/vault.ts';
import type { AgentCommand } from '#proto/generated/agent.ts';
import type { AnyProtocol } from '#runtime/envelopes.ts';
import { agent } from './agents.ts';
import type { Desk, OperatorCommand } from './command.ts';
import { forgetsNotes, notes, writtenNote } from './notes.ts';

const text = 'can\'t pay before friday, "maybe"';

/** A desk in front of ann, who wraps up a call to p-1, and of a vault. */
function deskOf({ phase = 'wrapping', hasVault = true } = {}) {
  const printed: string[] = [];
  const kept: (Note & { contactId: string })[] = [];
  const told: AgentCommand[] = [];
  const ask = async ({ kind }: AnyProtocol, _id: string, command: AgentCommand) => {
    if (kind === 'call') return { ok: true, reply: { type: 'CallDescribed', contactId: 'p-1' } };
    if (command.type !== 'DescribeAgent') told.push(command);
    return { ok: true, reply: { type: 'AgentDescribed', phase, callId: 'spring.1.1' } };
  };
  const vault: Pick<Vault, 'keepNote' | 'readNotes'> = {
    keepNote: async (id, note) => void kept.push({ ...note, contactId: id }),
    readNotes: async (_id, access) =>
      kept.map((note): KeptNote => ({ ...note, atMs: 0, by: `${access.by} of ${note.by}` })),
  };
  const desk = {
    runtime: { ask },
    fleet: { streams: async () => ['ann', 'p-1'] },
    operator: 'wang',
    print: (line: string) => printed.push(line),
    ...(hasVault ? { vault } : {}),
  } as unknown as Desk;
  const typed = async (command: OperatorCommand, args: Record<string, string>) => {
    printed.length = 0;
    await command.run(desk, { ...args, options: {} });
    return [...printed];
  };
  return { typed, kept, told };
}

describe('a note', () => {
  test('is kept about whom the call is to, and the agent hears of its id alone', async () => {
    const { typed, kept, told } = deskOf();
    expect(await typed(agent, { wish: 'note', agent: 'ann', more: text })).toEqual(['ann is wrapping.']);
    expect(kept).toEqual([
      { contactId: 'p-1', noteId: expect.any(String), text, callId: 'spring.1.1', by: 'agent/ann' },
    ]);
    const noteId = kept[0]?.noteId;
    expect(told).toEqual([{ type: 'NoteCall', callId: 'spring.1.1', contactId: 'p-1', noteId, by: 'wang' }]);
  });

  test('is read in the name of the operator, and does nothing to the terminal', async () => {
    const { typed } = deskOf();
    expect(await typed(notes, { contact: 'p-1' })).toEqual(['There is no note yet.']);
    await typed(agent, { wish: 'note', agent: 'ann', more: 'one\ntwo\u001b[2J' });
    expect(await typed(notes, { contact: 'p-1' })).toEqual([
      '1970-01-01T00:00:00.000Z  wang of agent/ann in spring.1.1: one two[2J',
    ]);
  });

  test('is refused where there is no call, and on a console without a vault, and nothing is kept', async () => {
    const refused = deskOf({ phase: 'reserved' });
    expect(await refused.typed(agent, { wish: 'note', agent: 'ann', more: text })).toEqual([
      'ann has no call to write about: a note is written in a call or after it, before the next.',
    ]);
    const vaultless = deskOf({ hasVault: false });
    for (const [command, args] of [
      [agent, { wish: 'note', agent: 'ann', more: text }],
      [notes, { contact: 'p-1' }],
    ] as const) {
      expect(await vaultless.typed(command, args)).toEqual([
        expect.stringMatching(/^This console has no vault, .*\.$/),
      ]);
    }
    expect([...refused.kept, ...refused.told, ...vaultless.kept, ...vaultless.told]).toEqual([]);
  });

  test('is taken from its line as it was typed', () => {
    expect(writtenNote(` agent  note ann  ${text} --loud \n`)).toEqual({ agent: 'ann', more: `${text} --loud` });
    for (const line of ['agent note ann', 'agent notes ann x', 'notes p-1', 'agent hold ann note']) {
      expect(writtenNote(line)).toBeUndefined();
    }
  });

  test('is in no history of lines, neither in memory nor at home', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'callboard-history-'));
    const file = join(folder, 'history');
    const input = new PassThrough();
    const done = Promise.withResolvers<void>();
    const evaluated: string[] = [];
    const server = start({
      ...{ input, output: new PassThrough(), terminal: true, prompt: '' },
      eval: (line, _context, _file, end) => {
        evaluated.push(line.trim());
        end(null, undefined);
        if (line.trim() === 'nodes') done.resolve();
        else setImmediate(() => input.write(`${lines[evaluated.length]}\n`));
      },
    });
    const lines = ['agents', `agent note ann ${text}`, 'calls', 'nodes'];
    await new Promise<void>((resolve) => server.setupHistory(file, () => resolve()));
    forgetsNotes(server);
    input.write(`${lines[0]}\n`);
    await done.promise;
    const written = new Promise<void>((resolve) => server.once('exit', () => resolve()));
    server.close();
    await written;
    expect(evaluated).toEqual(lines);
    expect((server as unknown as { history: string[] }).history).toEqual(['nodes', 'calls', 'agents']);
    const atHome = readFileSync(file, 'utf8');
    expect([atHome.includes('calls'), atHome.includes('friday')]).toEqual([true, false]);
    rmSync(folder, { recursive: true });
  });
});
