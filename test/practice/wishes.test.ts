/** What is done for agents at the console, over real phones: held, muted, attended, handed over, and a phone that goes. */
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { type PracticeCarrier, startPracticeCarrier } from '#practice/start.ts';
import { practiceNumbers } from '#scripts/demo/practice-list.ts';
import { demoSettings } from '#scripts/demo/settings.ts';
import { anyLaw } from '#test/any-law.ts';
import { Console, operator } from './console-kit.ts';

const minute = 60_000;
/** One in which they pick up soon. */
const seed = 23;
/** The first on the list say hello, and nothing but their patience ends the call. */
const people = 1;
const campaignId = 'wishes';
const callId = `${campaignId}.1.1`;
/** Two floors: the phones of one can go while the other's stay. */
const floors = { upstairs: ['ann'], downstairs: ['bob', 'boss'] } as const;

let carrier: PracticeCarrier;
let desk: Console;
let upstairsBurns: () => Promise<unknown>;

beforeAll(async () => {
  // Nobody hangs up for as long as the test may take: their 22 s last eight times as long.
  carrier = await startPracticeCarrier({ seed, timeScale: 8 });
  desk = await Console.open({ practice: carrier.uri });
  const settings = demoSettings('practice', 3, 'progressive', desk.laws);
  const plan = { ...settings.plan, ringTimeoutMs: minute, connectDeadlineMs: minute };
  await desk.campaign(campaignId, { ...settings, plan, law: anyLaw }, practiceNumbers(people));
  ({ burn: upstairsBurns } = await desk.floor(floors.upstairs, [campaignId], seed));
  await desk.floor(floors.downstairs, [campaignId], seed);
}, 2 * minute);
afterAll(async () => {
  await desk?.close();
  await carrier?.stop();
}, minute);

test(
  'a customer is held, attended, handed over and over again, and the call was answered',
  async () => {
    // An agent is called, answers, and gets the customer.
    expect(practiceNumbers(people)[0]).toMatch(/3$/);
    expect(await desk.type('agent signin ann')).toMatch(/^ann is (signing-in|ready)\.$/);
    await desk.until('ann', 'ready');
    await desk.start(campaignId);
    await desk.until('ann', 'talking');
    for (const agentId of floors.downstairs) {
      await desk.type(`agent signin ${agentId}`);
      await desk.until(agentId, 'ready');
    }
    // Who holds the customer, and is heard no more, goes on with them.
    expect(await desk.type('agent hold ann')).toBe('ann is holding.');
    await desk.untilCall(callId, 'CustomerHeld');
    expect(await desk.type('agent retrieve ann')).toBe('ann is talking.');
    await desk.untilCall(callId, 'CustomerRetrieved');
    expect(await desk.type('agent mute ann')).toBe('ann is talking, muted.');
    expect(await desk.type('agent unmute ann')).toBe('ann is talking.');
    // What is to be remembered is written down, and read again by whoever says so.
    expect(await desk.type('agent note ann calls back on friday')).toBe('ann is talking.');
    const contactId = await desk.contactOf(callId);
    expect(await desk.type(`contact ${contactId}`)).toMatch(/^notes: 1$/m);
    expect(await desk.type(`notes ${contactId}`)).toMatch(/ {2}agent\/ann in wishes\.1\.1: calls back on friday$/);
    expect(await desk.type('agent optout ann')).toBe('ann is talking.');
    await desk.untilCall(callId, 'ContactOptedOut');
    await desk.untilSaid(`contact ${contactId}`, /because of: opt-out$/m);
    // A supervisor listens, whispers and joins, and is free again.
    for (const mode of ['listen', 'whisper', 'join']) {
      expect(await desk.type(`monitor boss ann ${mode}`)).toBe(`boss attends ann (${mode}).`);
      expect((await desk.agent('boss'))?.phase).toBe('monitoring');
    }
    expect(await desk.type('monitor boss ann stop')).toBe('boss attends nobody.');
    expect(await desk.type('agent ready boss')).toBe('boss is ready.');
    // Another agent is asked first, and the customer stays or goes over.
    await desk.type('agent consult ann bob');
    await desk.until('bob', 'talking');
    await desk.type('agent cancel ann');
    await desk.until('bob', 'ready');
    await desk.type('agent consult ann bob');
    await desk.until('bob', 'talking');
    await desk.type('agent complete ann');
    await desk.until('ann', 'wrapping');
    await desk.untilCall(callId, 'AgentConnected', 4);
    expect(await desk.type('agent dispose ann sale/new in 2h mine')).toBe('ann is wrapping.');
    expect(await desk.type('agent ready ann')).toBe('ann is ready.');
    // The customer is handed over without a word, and then for want of a phone.
    await desk.type('agent transfer bob ann');
    await desk.until('ann', 'talking');
    await desk.until('bob', 'wrapping');
    await desk.type('agent break bob tea');
    await upstairsBurns();
    await desk.until('ann', 'offline');
    await desk.until('boss', 'talking');
    // The agent hangs up, and the call was answered.
    await desk.type('agent hangup boss');
    await desk.until('boss', 'wrapping');
    await desk.untilCall(callId, 'CallEnded');
    const events = await desk.callEvents(callId);
    expect(events.at(-1)).toMatchObject({ type: 'CallEnded', outcome: 'answered', reason: 'ended by the agent' });
    expect(events.flatMap((event) => (event.type === 'AgentConnected' ? [event.agentId] : []))).toEqual([
      ...['ann', 'bob', 'bob', 'bob', 'ann', 'ann', 'boss'],
    ]);
  },
  3 * minute,
);

test('each wish is in the journal with the name of who had it', async () => {
  const events = (await Promise.all(['ann', 'bob', 'boss'].map((agentId) => desk.agentEvents(agentId)))).flat();
  expect(events).toContainEqual(
    expect.objectContaining({ type: 'CallDisposed', callbackToMe: true, callbackAtMs: expect.any(Number) }),
  );
  const wished = new Set(events.flatMap((event) => ('by' in event && event.by === operator ? [event.type] : [])));
  expect([...wished].sort()).toEqual([
    ...['AgentBecameReady', 'BreakBegan', 'CallDisposed', 'CallEndRequested', 'CallHeld', 'CallNoted', 'CallRetrieved'],
    'CustomerOptedOut',
    ...['MicrophoneMuted', 'MonitoringBegan', 'MonitoringEnded', 'SignInRequested', 'TransferCanceled'],
    ...['TransferCompleted', 'TransferRequested'],
  ]);
});
