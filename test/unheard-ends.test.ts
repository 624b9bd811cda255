/** A contact and a call of which a crash has lost what the one had to hear of the other. */
import { expect, test } from '@jest/globals';
import { callActor } from '#actors/call/call.actor.ts';
import { contactActor } from '#actors/contact/contact.actor.ts';
import { callEvent } from '#proto/generated/call.ts';
import { contactProtocol } from '#proto/generated/contact.ts';
import { openGate } from '#scripts/node/dial-gate.ts';
import { anyLaw } from '#test/any-law.ts';
import { FakeMedia } from '#test/fakes/fake-media.ts';
import { FakeTelephony } from '#test/fakes/fake-telephony.ts';
import { ManualClock } from '#test/fakes/manual-clock.ts';
import { JournalData } from '#test/fakes/memory-journal.ts';
import { Scribe } from '#test/journal-kit.ts';
import { TestJournal, testNode } from '#test/runtime-kit.ts';

const plan = {
  ...{ prompt: '', gatherDigits: 0, gatherTimeoutMs: 0, ringTimeoutMs: 20_000, maxTalkMs: 60_000, record: false },
  ...{ needsAgent: true, safeHarbour: 'sorry.wav', optOutDigit: '9' },
};
const standing = { zones: ['UTC'] };

test('a contact that opted out in the moment of a crash is on the list in the end, and not called before', async () => {
  const clock = new ManualClock();
  const data = new JournalData();
  const journal = new TestJournal(data);
  // All that the crash has left of the call: its own stream.
  const at = clock.now();
  await new Scribe(journal).write(
    'call/c.1.1',
    callEvent,
    {
      ...{ type: 'CallRequested', campaignId: 'c', row: 1, contactId: 'p-1', mask: '+1', trunkId: 't', plan },
      ...{ law: { fingerprint: anyLaw.fingerprint, standing }, atMs: at },
    },
    { type: 'CallDialed', atMs: at },
    { type: 'CallAnswered', sipStatus: 200, atMs: at },
    { type: 'CallAbandoned', waitedMs: 2000, atMs: at + 2000 },
    { type: 'ContactOptedOut', digit: '9', atMs: at + 4000 },
    { type: 'CallHungUp', by: 'callboard', reason: 'opted out', atMs: at + 4100 },
    {
      ...{ type: 'CallEnded', outcome: 'abandoned', sipStatus: 200, reason: 'opted out', ringMs: 0, talkMs: 4100 },
      ...{ digits: '9', atMs: at + 4100 },
    },
  );
  const call = callActor({
    ...{ clock, telephony: new FakeTelephony(), media: new FakeMedia(), dataFolder: '/nowhere', gate: openGate() },
    ...{ vault: { read: async () => ({}) as never }, hasTrunk: () => true, showsNumber: () => true },
  });
  const { runtime, broker } = testNode(journal, clock, [call, contactActor()], undefined, {
    protocols: [contactProtocol],
  });
  await broker.start();
  await runtime.start();
  const permit = async (callId: string) => {
    const asked = runtime.ask(contactProtocol, 'p-1', {
      ...{ type: 'RequestPermit', callId, campaignId: 'c', law: anyLaw, standing },
      ...{ showsNumber: true, recorded: false, agentWaits: false, lastsMs: 200_000 },
    });
    await clock.advance(20);
    const answer = await asked;
    return answer.ok && answer.reply?.type === 'PermitAnswered' ? answer.reply.ruleId : answer;
  };
  try {
    expect(await permit('c.1.1')).toBe('');
    expect(await permit('c.1.2')).toBe('contact-engaged');
    await clock.advance(199_000);
    expect(await permit('d.1.1')).toBe('contact-engaged');
    // Now the call must be over, and the contact asks it.
    await clock.advance(10_000);
    expect(await permit('d.1.2')).toBe('contact-opted-out');
    expect([data.timers.size, data.wakeful.size]).toEqual([0, 0]);
  } finally {
    const stopping = runtime.stop({ graceMs: 100 });
    await clock.advance(200);
    await stopping;
    await broker.stop();
  }
});
