/** Contacts that an agent sees first, and customers that leave the house: by REFER, and by a leg of ours. */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type PracticeCarrier, startPracticeCarrier } from '#practice/start.ts';
import type { CallEvent } from '#proto/generated/call.ts';
import type { PacingMode } from '#proto/generated/campaign.ts';
import { demoSettings } from '#scripts/demo/settings.ts';
import { anyLaw } from '#test/any-law.ts';
import { startCarrier } from '#test/cli/sipp-carrier.ts';
import { takesRefer, weHangUp } from '#test/sip/carrier.ts';
import { carrierSdp, notify, receive, respond } from '#test/sip/scenario.ts';
import type { Sipp } from '#test/sip/sipp.ts';
import { Console, operator } from './console-kit.ts';

const minute = 60_000;
/** One in which they pick up soon. */
const seed = 23;
/** Who say hello, and nothing but their patience, which is a minute or more, ends the call. */
const numbers = ['+12015550103', '+12015550113'];

let practice: PracticeCarrier;
let refers: Sipp;
let desk: Console;

beforeAll(async () => {
  practice = await startPracticeCarrier({ seed, timeScale: 3 });
  // A carrier that takes a REFER, as the practice carrier does not.
  refers = await startCarrier([
    ...[respond(180, 'Ringing'), respond(200, 'OK', { sdp: carrierSdp(), retransmit: true }), receive('ACK')],
    ...[...takesRefer, ...notify(1, 'SIP/2.0 200 OK'), ...weHangUp, '<pause milliseconds="0" next="over"/>'],
  ]);
  desk = await Console.open({ practice: practice.uri, refers: `sip:127.0.0.1:${refers.port}` });
  const { host } = await desk.floor(['ann'], ['referred', 'bridged', 'seen', 'clicked'], seed);
  const campaign = async (campaignId: string, trunkId: string, mode: PacingMode, list: readonly string[]) => {
    const settings = demoSettings(trunkId, 1, mode, desk.laws);
    const { silenceTimeoutMs: _, ...rest } = settings.plan;
    const transfers = { targets: [{ name: 'billing', uri: `sip:billing@${host}` }] };
    const plan = { ...rest, ringTimeoutMs: minute, connectDeadlineMs: minute, transfers };
    const agents = { ...settings.agents, previewMs: 0 } as NonNullable<typeof settings.agents>;
    await desk.campaign(campaignId, { ...settings, plan, agents, law: anyLaw }, list);
  };
  await campaign('referred', 'refers', 'progressive', numbers.slice(1));
  await campaign('bridged', 'practice', 'progressive', numbers.slice(1));
  await campaign('seen', 'practice', 'preview', numbers);
  await campaign('clicked', 'practice', 'manual', numbers.slice(1));
  await desk.type('agent signin ann');
  await desk.until('ann', 'ready');
}, 2 * minute);
afterAll(async () => {
  await desk?.close();
  await refers?.stop();
  await practice?.stop();
}, minute);

const typesOf = (events: readonly CallEvent[]) => events.map(({ type }) => type);

async function handOut(callId: string): Promise<readonly CallEvent[]> {
  await desk.until('ann', 'talking', callId);
  expect(await desk.type('agent refer ann billing')).toBe('ann is talking; tail agent/ann shows what comes of it.');
  await desk.until('ann', 'wrapping', callId);
  await desk.untilCall(callId, 'HandOverEnded');
  expect(await desk.type('agent ready ann')).toBe('ann is ready.');
  return desk.callEvents(callId);
}

describe('a customer who is handed out of the house', () => {
  test(
    'is called by its carrier on our REFER, and the call is over',
    async () => {
      await desk.start('referred');
      const events = await handOut('referred.1.1');
      expect(events).toContainEqual(expect.objectContaining({ type: 'HandOverRequested', target: 'billing' }));
      expect(events).toContainEqual(expect.objectContaining({ type: 'HandOverEnded', completed: true }));
      await refers.received('BYE');
      const asked = (await refers.messages()).find(({ text }) => text.startsWith('REFER'));
      expect(asked?.text).toMatch(/^Refer-To: <sip:billing@127\.0\.0\.1:\d+>\r?$/m);
      await desk.untilCall('referred.1.1', 'CallEnded');
    },
    minute,
  );

  test(
    'is bridged with the target where the carrier takes no REFER, for as long as both stay',
    async () => {
      await desk.start('bridged');
      const events = await handOut('bridged.1.1');
      expect(typesOf(events).slice(-3)).toEqual(['HandOverRequested', 'AgentLeft', 'HandOverEnded']);
      expect(events.at(-1)).toMatchObject({ completed: true });
      await desk.hangUp('bridged.1.1');
      await desk.untilCall('bridged.1.1', 'CallEnded');
    },
    minute,
  );
});

describe('a contact that the agent sees first', () => {
  test(
    'is not called when it is skipped, and is when it is accepted',
    async () => {
      await desk.start('seen');
      await desk.until('ann', 'previewing', 'seen.1.1');
      expect((await desk.agent('ann'))?.mask).toMatch(/\*/);
      await desk.type('agent skip ann');
      await desk.until('ann', 'previewing', 'seen.2.1');
      expect(await desk.type('agent accept ann')).toBe('ann is reserved.');
      await desk.until('ann', 'talking', 'seen.2.1');
      await desk.type('agent hangup ann');
      await desk.until('ann', 'wrapping');
      expect(await desk.callEvents('seen.1.1')).toEqual([]);
      expect(await desk.type('agent ready ann')).toBe('ann is ready.');
    },
    minute,
  );

  test(
    'comes by a click, and is called when it is accepted',
    async () => {
      await desk.start('clicked');
      expect(await desk.type('agent click ann clicked')).toMatch(/^ann is (ready|previewing); tail agent\/ann shows/);
      await desk.until('ann', 'previewing', 'clicked.1.1');
      await desk.type('agent accept ann');
      await desk.until('ann', 'talking', 'clicked.1.1');
      await desk.type('agent hangup ann');
      await desk.until('ann', 'wrapping');
    },
    minute,
  );

  test('and each wish is in the journal with the name of who had it', async () => {
    const events = await desk.agentEvents('ann');
    const wished = events.flatMap((event) => ('by' in event && event.by === operator ? [event.type] : []));
    expect([...new Set(wished)].sort()).toEqual([
      ...['AgentBecameReady', 'CallEndRequested', 'LeadRequested', 'PreviewAnswered', 'SignInRequested'],
      'TransferRequested',
    ]);
  });
});
