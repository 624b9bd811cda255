/** `callboard run --team`: agents of one's own at real phones, steered from the console while the campaign runs. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { startPracticeAgents, startPracticeCarrier } from '#practice/start.ts';
import { callboard, oneSentence, startCallboard } from './callboard-process.ts';

const prompts = join(import.meta.dirname, '..', '..', 'config', 'prompts');
let folder = '';
const cleanUp: (() => Promise<unknown>)[] = [];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'callboard-team-'));
});
afterEach(async () => {
  for (const each of cleanUp.splice(0).reverse()) await each();
  rmSync(folder, { recursive: true, force: true });
});

const write = (name: string, text: string): string => {
  writeFileSync(join(folder, name), text);
  return join(folder, name);
};
const listOf = (...phones: string[]) => write('list.csv', ['phone', ...phones].join('\n'));
const teamOf = (phones: readonly string[]) =>
  write(
    'team.yaml',
    [
      `safeHarbour: ${join(prompts, 'sorry.wav')}`,
      "optOutDigit: '9'",
      'wrapUp: { dispositions: { sale: , machine: }, required: true, machines: [machine] }',
      'agents:',
      ...phones.map((phone) => `  ${/sip:(\w+)/.exec(phone)?.[1]}: { phone: '${phone}' }`),
      '',
    ].join('\n'),
  );
const run = (...args: string[]) => ['--data', join(folder, 'data'), 'run', ...args, '--law', 'practice'];

test('agents of a file talk to whom the list reaches, and say in the console what became of it', async () => {
  const carrier = await startPracticeCarrier({ seed: 3, timeScale: 0.1 });
  cleanUp.push(() => carrier.stop());
  const phones = await startPracticeAgents({ seed: 1 });
  cleanUp.push(() => phones.stop());
  const at = phones.uri.replace(/^sip:/, '');
  const team = teamOf([`sip:ann@${at}`, `sip:bob.busy@${at}`]);
  const list = listOf('+14155550101', '+14155550106', '+14155550102');
  const running = startCallboard(run(list, '--trunk', carrier.uri, '--team', team, '--console', '--campaign', 'c'));
  await running.until(/The phone of agent bob is not on the line \(.+\): agent signin bob in a console/);
  running.type('tail agent/ann');
  // One after the other: an agent who owes a disposition takes no call.
  for (const disposition of ['sale', 'machine']) {
    await running.until(/TalkEnded/);
    running.type(`agent dispose ann ${disposition}`);
    await running.until(/CallDisposed/);
    running.type('agent ready ann');
    await running.until(/AgentBecameReady/);
  }
  // The campaign is over with its last call, which may be before the agent has done.
  if (!running.stdout().includes('c is ended')) await running.until(/c is ended/);
  running.type('exit');
  const ended = await running.ended;
  expect(ended).toMatchObject({ code: 0, stderr: '' });
  expect(ended.stdout).toContain('3 of 3 leads have an outcome');
  expect(ended.stdout).toContain('answered 2');

  const audited = await callboard(['--data', join(folder, 'data'), 'audit', 'c', '--json']);
  expect(audited).toMatchObject({ code: 0, stderr: '' });
  const { stdout: story } = await callboard(['--data', join(folder, 'data'), 'replay', 'agent/ann']);
  const times = (type: string) => story.split(type).length - 1;
  expect([times(' AgentConnected '), times(' CallDisposed '), times(' SignedOut ')]).toEqual([2, 2, 1]);
}, 90_000);

test('who is to hear what must be said, and said so that it can be had', async () => {
  const list = listOf('+14155550101');
  const trunk = ['--trunk', 'sip:127.0.0.1:9'];
  const refusal = async (...more: string[]) => {
    const { code, stderr } = await callboard(run(list, ...trunk, ...more));
    return { code, stderr };
  };
  const unsaid = { code: 1, stderr: expect.stringMatching(oneSentence('CONFIG_INVALID')) };
  expect(await refusal()).toEqual(unsaid);
  const team = teamOf(['sip:ann@127.0.0.1']);
  expect(await refusal('--team', team, '--prompt', join(prompts, 'hello.wav'))).toEqual(unsaid);
  expect(await refusal('--team', team, '--gather', '1')).toEqual(unsaid);
  expect(await refusal('--team', write('none.yaml', 'agents: {}'))).toEqual({
    ...{ code: 1, stderr: expect.stringMatching(oneSentence('TEAM_INVALID')) },
  });
}, 60_000);
