import { describe, expect, test } from '@jest/globals';
import { models } from '#projections/models.ts';
import type { CallEvent } from '#proto/generated/call.ts';
import type { CampaignEvent } from '#proto/generated/campaign.ts';
import type { ContactEvent } from '#proto/generated/contact.ts';
import type { TrunkEvent } from '#proto/generated/trunk.ts';
import { answeredCall } from '#test/journal-kit.ts';
import { apply as applyCall, type CallDocument } from './calls.ts';
import { apply as applyCampaign, type CampaignDocument } from './campaigns.ts';
import { apply as applyContact, type ContactDocument, mentionOf } from './contacts.ts';
import { apply as applyTrunk, type TrunkDocument } from './trunks.ts';

const meta = { stream: 'call/c.1.1', id: 'c.1.1', version: 1, atMs: 5 };

function call(...events: readonly (CallEvent | readonly CallEvent[])[]): CallDocument | undefined {
  return (events.flat() as CallEvent[]).reduce<CallDocument | undefined>((d, e) => applyCall(d, e, meta), undefined);
}
function campaign(...events: CampaignEvent[]): CampaignDocument | undefined {
  return events.reduce<CampaignDocument | undefined>((d, e) => applyCampaign(d, e, meta), undefined);
}
function trunk(...events: TrunkEvent[]): TrunkDocument | undefined {
  return events.reduce<TrunkDocument | undefined>((d, e) => applyTrunk(d, e, meta), undefined);
}

const answered = answeredCall('c', 1);
const requested = answered[0] as CallEvent & { type: 'CallRequested' };

describe('the read model of calls', () => {
  test('tells an answered call', () => {
    expect(call(...answered)).toMatchObject({
      campaignId: 'c',
      row: 1,
      contactId: 'contact-1',
      mask: '+86 138 **** 1001',
      phase: 'ended',
      outcome: 'answered',
      sipStatus: 200,
      endedBy: 'callee',
      digits: '42',
      requestedAtMs: 1000,
      dialedAtMs: 1100,
      answeredAtMs: 1300,
      endedAtMs: 1700,
      ringMs: 200,
      talkMs: 300,
      recording: 'recordings/1.wav',
      recordedMs: 300,
    });
  });

  test('tells how far a call is', () => {
    const phases = answered.map((_, index) => call(...answered.slice(0, index + 1))?.phase);
    expect(phases).toEqual(['routing', 'dialing', 'ringing', 'talking', 'talking', 'talking', 'closing', 'ended']);
  });

  test('tells a call that nobody answered, without a recording', () => {
    const end = { outcome: 'busy', sipStatus: 486, reason: 'Busy Here' } as const;
    const ended = { type: 'CallEnded', ...end, ringMs: 10, talkMs: 0, digits: '', atMs: 3 } as const;
    expect(call(requested, { type: 'CallFailed', ...end, atMs: 2 }, ended)).toMatchObject({
      phase: 'ended',
      ...end,
      endedBy: 'unspecified',
      recording: '',
      answeredAtMs: 0,
    });
  });
});

describe('the read model of campaigns', () => {
  const attempts = (...rows: number[]) =>
    rows.map((row) => ({ callId: `c.${row}.1`, lead: { row, contactId: 'x', mask: '', attempt: 1 } }));
  const ended = (row: number, outcome: 'busy' | 'answered') =>
    ({ type: 'AttemptEnded', callId: `c.${row}.1`, row, attempt: 1, outcome, atMs: 9 }) as const;
  const loaded = (added: number) =>
    ({ type: 'ListLoaded', path: 'l', rows: added + 1, added, known: 0, refused: 1 }) as const;

  test('counts leads, attempts, live calls and outcomes', () => {
    const document = campaign(
      loaded(3),
      { type: 'CampaignStarted', atMs: 1 },
      { type: 'AttemptsStarted', claimId: '1', attempts: attempts(1, 2, 3), atMs: 2 },
      ended(1, 'busy'),
      ended(2, 'busy'),
    );
    expect(document).toMatchObject({ phase: 'running', leads: 3, refused: 1, attempts: 3, liveCalls: 1 });
    expect(document).toMatchObject({ outcomes: { busy: 2 }, startedAtMs: 1, changedAtMs: 5 });
  });

  test('counts as abandoned who met nobody in time, whoever says so', () => {
    const [callId, agentId, row] = ['c.1.1', 'ann', 1];
    const asked = {
      type: 'AgentRequested',
      callId,
      sinceMs: 1,
      wait: 1,
      agentId: '',
      notAgentId: '',
      atMs: 1,
    } as const;
    const connected = { type: 'CallConnected', callId, agentId, atMs: 2 } as const;
    const over = { type: 'AttemptEnded', callId, row, attempt: 1, outcome: 'unknown', atMs: 3 } as const;
    expect(campaign(asked, connected, over)).toMatchObject({ answered: 1, abandoned: 0 });
    expect(campaign(asked, { ...connected, late: true }, over)).toMatchObject({ answered: 1, abandoned: 1 });
    expect(campaign(asked, { ...over, abandoned: true })).toMatchObject({ answered: 1, abandoned: 1 });
    expect(campaign(asked, { type: 'CallAbandoned', callId, atMs: 2 }, over)).toMatchObject({ abandoned: 1 });
  });

  test('says why it is paused, and that its list is being read', () => {
    expect(campaign(loaded(1), { type: 'CampaignPaused', by: 'ann', reason: 'lunch' })).toMatchObject({
      phase: 'paused',
      reason: 'lunch',
    });
    expect(campaign({ type: 'ListRequested', path: 'l' })).toMatchObject({ phase: 'draft', loading: true });
    expect(campaign({ type: 'ListFailed', path: 'l', failure: 'none' })).toMatchObject({ reason: 'none' });
  });

  test('is ready again when its list grows', () => {
    const over = [loaded(1), { type: 'CampaignEnded', atMs: 7 }] as const;
    expect(campaign(...over)).toMatchObject({ phase: 'ended', endedAtMs: 7 });
    expect(campaign(...over, loaded(0))).toMatchObject({ phase: 'ended' });
    expect(campaign(...over, loaded(2))).toMatchObject({ phase: 'ready', leads: 3, endedAtMs: 0 });
  });
});

describe('the read model of trunks', () => {
  test('counts channels, and knows whether the gateway lives', () => {
    const reserved = (callId: string) => ({ type: 'ChannelReserved', callId, atMs: 1 }) as const;
    expect(
      trunk(
        { type: 'TrunkConfigured', uri: 'sip:g', maxChannels: 3, callsPerSecond: 0.5, leaseMs: 9 },
        { type: 'TrunkWentUp', sipStatus: 200, roundTripMs: 12, atMs: 1 },
        reserved('a'),
        reserved('b'),
        reserved('c'),
        { type: 'ChannelReleased', callId: 'a' },
        { type: 'ChannelLeaseExpired', callId: 'b', atMs: 2 },
      ),
    ).toMatchObject({ uri: 'sip:g', channelsInUse: 1, granted: 3, expired: 1, health: 'up', roundTripMs: 12 });
    expect(trunk({ type: 'TrunkWentDown', sipStatus: 0, atMs: 2 })).toMatchObject({ health: 'down', sipStatus: 0 });
  });
});

describe('the read model of contacts', () => {
  const read: ContactEvent = { type: 'NumberRead', purpose: 'dial', by: 'call/c.1.1', atMs: 3 };
  const erased: ContactEvent = { type: 'ContactErased', by: 'wang', atMs: 4 };
  const contact = (document: ContactDocument | undefined, event: ContactEvent) => applyContact(document, event, meta);
  const mentioned = (document?: ContactDocument) => mentionOf(requested)?.apply(document);

  test('counts the readings, and takes the mask from a call', () => {
    expect(mentionOf(requested)?.id).toBe('contact-1');
    expect(contact(contact(mentioned(), read), { ...read, purpose: 'export' })).toMatchObject({
      mask: '+86 138 **** 1001',
      readings: 2,
      lastPurpose: 'export',
      lastReadAtMs: 3,
      erased: false,
    });
  });

  test('keeps no mask of who was erased, in whatever order it hears of it', () => {
    const last = contact(mentioned(contact(undefined, read)), erased);
    expect(mentioned(contact(contact(undefined, read), erased))).toEqual(last);
    expect(last).toMatchObject({ mask: '', erased: true, readings: 1, erasedAtMs: 4 });
  });

  test('is mentioned twice like once, and by nothing but a request', () => {
    expect(mentioned(mentioned())).toEqual(mentioned());
    expect(mentionOf({ type: 'CallDialed', atMs: 1 })).toBeUndefined();
  });
});

test('every field of every document is named, and no model keeps what is nobody’s business', () => {
  for (const { name, fields } of models) {
    expect({ name, bad: Object.keys(fields).filter((field) => /phone|name|number|uri$/i.test(field)) }).toEqual({
      name,
      bad: name === 'trunks' ? ['uri'] : [],
    });
  }
});
