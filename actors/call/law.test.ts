import { describe, expect, test } from '@jest/globals';
import { type CallCommand, type CallEvent, callProtocol } from '#proto/generated/call.ts';
import { campaignProtocol } from '#proto/generated/campaign.ts';
import { contactProtocol } from '#proto/generated/contact.ts';
import { trunkProtocol } from '#proto/generated/trunk.ts';
import type { Answered } from '#runtime/actor.ts';
import { clearTimer, run, tell } from '#runtime/effects.ts';
import { ManualClock } from '#test/fakes/manual-clock.ts';
import { defaultMeta, given } from '#test/given.ts';
import { decide } from './decide.ts';
import { isWakeful, react, resume } from './react.ts';
import { routeSearches, type Searcher, type SeekRoute } from './route-search.ts';
import { evolve, initial } from './state.ts';

const call = { protocol: callProtocol, initial, decide, evolve, react, resume, isWakeful };
const plan = {
  ...{ prompt: 'hello.wav', gatherDigits: 1, gatherTimeoutMs: 4000 },
  ...{ ringTimeoutMs: 15_000, maxTalkMs: 120_000, record: true },
};
const standing = { zones: ['Asia/Shanghai'], debt: 'd-1' };
const law = { fingerprint: 'f-1', standing };
const request = { campaignId: 'c', row: 7, contactId: 'p-1', mask: '+86 138 **** 1234', trunkId: 't', plan, law };
const place = { type: 'PlaceCall', ...request, intent: 'dial' } as const;
const requested: CallEvent = { type: 'CallRequested', ...request, atMs: 1000 };
const permit = { campaignId: 'c', contactId: 'p-1', ...law, recorded: true, agentWaits: false, lastsMs: 255_000 };
const callId = defaultMeta.actorId;
const outcome = { type: 'ReportAttemptOutcome', callId, campaignId: 'c', debt: 'd-1' } as const;
const neverDialed = { dialed: false, talkMs: 0 } as const;
const clears = ['ending', 'talk', 'gather'].map((key) => clearTimer(key));

describe('a call under a law', () => {
  test('asks for the permit with its route, and dials with it only', () => {
    given(call)
      .when(place, { nowMs: 1000 })
      .then(requested)
      .thenEffects(run('seek-route', { trunkId: 't', notBeforeMs: 0, knownCode: '', permit }, 'route:1'))
      .when({ type: 'TakeRoute', trunkId: 't' }, { nowMs: 2000 })
      .then({ type: 'RouteDeclined', trunkId: 't', atMs: 2000 })
      .when({ type: 'TakeRoute', trunkId: 't', permitted: true }, { nowMs: 2000 })
      .then({ type: 'RouteTaken', trunkId: 't' }, { type: 'CallDialed', atMs: 2000 });
  });

  test('that is refused ends so, says which rule and when to try again, and dials never', () => {
    const refusal = { ruleId: 'us-ftc.hours', retryAtMs: 9000 };
    const over = given(call, requested)
      .when({ type: 'TakeRefusal', ...refusal }, { nowMs: 2000 })
      .then(
        { type: 'CallRefused', ...refusal, atMs: 2000 },
        {
          ...{ type: 'CallEnded', outcome: 'refused', sipStatus: 0, ringMs: 0, talkMs: 0, digits: '', atMs: 2000 },
          reason: 'the law does not allow it now: us-ftc.hours',
        },
      )
      .thenEffects(
        ...clears,
        run('stop-seeking', {}, 'stop-seeking:1'),
        tell(campaignProtocol, 'c', { type: 'ReportAttempt', callId, outcome: 'refused', ...refusal }, 'report'),
        // It may have been permitted before, and refused when it asked again.
        tell(contactProtocol, 'p-1', { ...outcome, outcome: 'refused', ...neverDialed, atMs: 2000 }, 'tell-contact'),
      );
    over.when({ type: 'TakeRefusal', ...refusal }).then();
    over
      .when({ type: 'TakeRoute', trunkId: 't', permitted: true })
      .then({ type: 'RouteDeclined', trunkId: 't', permitted: true, atMs: 2000 })
      .thenEffects(
        tell(trunkProtocol, 't', { type: 'ReleaseChannel', callId }, 'decline:2000'),
        tell(
          contactProtocol,
          'p-1',
          { ...outcome, outcome: 'refused', ...neverDialed, atMs: 2000 },
          'tell-contact:declined:2000',
        ),
      );
    over.when(place).thenReply({
      ...{ type: 'CallDescribed', phase: 'ended', campaignId: 'c', row: 7, mask: '+86 138 **** 1234' },
      ...{ contactId: 'p-1', outcome: 'refused', sinceMs: 2000, digits: '', ...refusal },
    });
  });

  test('that an agent wanted, who is gone before it is dialed, is not dialed: the contact is shown to another one', () => {
    const wanted = given(call, { ...requested, agentId: 'ann' });
    const gone = { type: 'ReportAgentGone', agentId: 'ann', reason: 'the phone is gone', reservation: 3 } as const;
    const over = wanted.when(gone, { nowMs: 2000 }).then(
      { type: 'AgentDeclined', agentId: 'ann', reason: 'the call is not dialed', atMs: 2000, reservation: 3 },
      { type: 'CallRefused', ruleId: 'agent-gone', retryAtMs: 2000, atMs: 2000 },
      {
        ...{ type: 'CallEnded', outcome: 'refused', sipStatus: 0, ringMs: 0, talkMs: 0, digits: '', atMs: 2000 },
        reason: 'the agent who wanted the call is gone',
      },
    );
    expect(over.effects).toContainEqual(
      tell(
        campaignProtocol,
        'c',
        { type: 'ReportAttempt', callId, outcome: 'refused', ruleId: 'agent-gone', retryAtMs: 2000 },
        'report',
      ),
    );
    over.when({ type: 'TakeRoute', trunkId: 't', permitted: true }).then({
      ...{ type: 'RouteDeclined', trunkId: 't', permitted: true, atMs: 2000 },
    });
    // Of anybody else it says nothing; and what was dialed rings.
    expect(wanted.when({ ...gone, agentId: 'bob' }).events.map(({ type }) => type)).toEqual(['AgentDeclined']);
    const dialed = wanted.when({ type: 'TakeRoute', trunkId: 't', permitted: true });
    expect(dialed.when(gone).events.map(({ type }) => type)).toEqual(['AgentDeclined']);
  });

  test('that waits gives the permit back that comes all the same, and says when it is asked that nobody is dialed', () => {
    const waits = given(call, requested).when({ ...place, intent: 'wait' }, { nowMs: 1500 });
    waits
      .when({ type: 'TakeRoute', trunkId: 't', permitted: true }, { nowMs: 1600 })
      .then({ type: 'RouteDeclined', trunkId: 't', permitted: true, atMs: 1600 })
      .thenEffects(
        tell(trunkProtocol, 't', { type: 'ReleaseChannel', callId }, 'decline:1600'),
        run('give-permit-back', permit, 'permit-back:1600'),
      );
    const asked = waits.when({ type: 'TellContact' }, { nowMs: 99_000 });
    asked.then({ type: 'ContactToldAgain', atMs: 99_000 });
    expect(asked.effects).toMatchObject([{ command: { ...neverDialed, callId }, key: 'tell-contact:99000' }]);
    // Whoever is dialed is not given back.
    const dialed = given(call, requested)
      .when({ type: 'TakeRoute', trunkId: 't', permitted: true }, { nowMs: 2000 })
      .when({ type: 'TakeRoute', trunkId: 't', permitted: true }, { nowMs: 2001 });
    expect(dialed.effects).toEqual([tell(trunkProtocol, 't', { type: 'ReleaseChannel', callId }, 'decline:2001')]);
  });

  test('tells its contact that it was talked to', () => {
    const talked = given(
      call,
      requested,
      { type: 'CallDialed', atMs: 2000 },
      { type: 'CallAnswered', sipStatus: 200, atMs: 6000 },
      { type: 'CallHungUp', by: 'callee', reason: '', atMs: 9000 },
    ).when({ type: 'DeclareLost' });
    expect(talked.effects).toContainEqual(
      tell(
        contactProtocol,
        'p-1',
        { ...outcome, outcome: 'answered', dialed: true, talkMs: 3000, atMs: 9000 },
        'tell-contact',
      ),
    );
  });

  test('tells its contact that it was not dialed after all, and also that nobody answered', () => {
    const withdrawn = given(call, requested).when({ ...place, intent: 'withdraw' }, { nowMs: 3000 });
    expect(withdrawn.effects).toContainEqual(
      tell(
        contactProtocol,
        'p-1',
        { ...outcome, outcome: 'canceled', dialed: false, talkMs: 0, atMs: 3000 },
        'tell-contact',
      ),
    );
    const busy = given(
      call,
      requested,
      { type: 'CallDialed', atMs: 2000 },
      { type: 'CallFailed', outcome: 'busy', sipStatus: 486, reason: '', atMs: 2500 },
    ).when({ type: 'DeclareLost' });
    expect(busy.effects).toContainEqual(
      tell(
        contactProtocol,
        'p-1',
        { ...outcome, outcome: 'busy', dialed: true, talkMs: 0, atMs: 2500 },
        'tell-contact',
      ),
    );
  });

  test('of somebody who opted out says so with its end, and again when it is asked: a crash may have lost it', () => {
    const forAgents = { ...plan, needsAgent: true, connectDeadlineMs: 2000, safeHarbour: 's.wav', optOutDigit: '9' };
    const pressed = given(
      call,
      { ...requested, plan: forAgents },
      { type: 'CallDialed', atMs: 2000 },
      { type: 'CallAnswered', sipStatus: 200, atMs: 6000 },
      { type: 'CallAbandoned', waitedMs: 2000, atMs: 8000 },
      { type: 'DigitPressed', digit: '9', atMs: 9000 },
      { type: 'ContactOptedOut', digit: '9', atMs: 9000 },
    );
    const told = (atMs: number) => [
      tell(contactProtocol, 'p-1', { type: 'OptOut', callId, campaignId: 'c', means: 'digit' }, 'opt-out'),
      tell(
        contactProtocol,
        'p-1',
        { ...outcome, outcome: 'abandoned', dialed: true, talkMs: atMs - 6000, atMs },
        'tell-contact',
      ),
    ];
    const lost = pressed.when({ type: 'DeclareLost' }, { nowMs: 9500 });
    expect(lost.events.at(-1)).toMatchObject({ type: 'CallEnded', outcome: 'unknown' });
    expect(lost.effects.slice(-2)).toEqual(told(9500));
    const ended = pressed
      .when({ type: 'ReportHangup', by: 'callboard', reason: '' }, { nowMs: 9100 })
      .when({ type: 'DeclareLost' });
    expect(ended.effects.slice(-2)).toEqual(told(9100));
    const again = ended.when({ type: 'TellContact' }, { nowMs: 99_000 });
    again.then({ type: 'ContactToldAgain', atMs: 99_000 });
    // Not under the key of before: what came before the permit is remembered, and was of no use.
    const [optedOut, report] = told(9100);
    again.thenEffects(...(optedOut ? [optedOut] : []), ...(report ? [{ ...report, key: 'tell-contact:99000' }] : []));
    expect(ended.wakeful).toBe(false);
    pressed.when({ type: 'TellContact' }).then();
  });

  test('lost before an agent was heard tells its contact that it was abandoned, and afterwards that it was talked to', () => {
    const waiting = given(
      call,
      { ...requested, plan: { ...plan, needsAgent: true } },
      { type: 'CallDialed', atMs: 2000 },
      { type: 'CallAnswered', sipStatus: 200, atMs: 6000 },
    );
    const told = (story: typeof waiting) =>
      story.when({ type: 'DeclareLost' }, { nowMs: 7000 }).effects.flatMap((effect) => {
        return effect.type === 'tell' && effect.id === 'p-1' ? [effect.command] : [];
      });
    const atMs = 7000;
    expect(told(waiting)).toEqual([{ ...outcome, outcome: 'abandoned', dialed: true, talkMs: 1000, atMs }]);
    const talking = waiting
      .when(
        { type: 'ConnectAgent', agentId: 'ann', legId: 'l', nodeId: 'n', consult: false, reservation: 1 },
        { nowMs: 6500 },
      )
      .when({ type: 'ReportBridge', agentId: 'ann', failure: '' });
    expect(told(talking)).toEqual([{ ...outcome, outcome: 'unknown', dialed: true, talkMs: 1000, atMs }]);
  });

  test('that was not dialed yet goes by the rules of today', () => {
    const today = { ...law, fingerprint: 'f-2' };
    given(call, requested)
      .when({ ...place, law: today }, { nowMs: 2000 })
      .then({ type: 'CallRerouted', trunkId: 't', plan, waits: false, law: today, atMs: 2000 })
      .thenEffects(
        run(
          'seek-route',
          { trunkId: 't', notBeforeMs: 0, knownCode: '', permit: { ...permit, fingerprint: 'f-2' } },
          'route:2',
        ),
      )
      .when({ ...place, law: today })
      .then();
  });
});

const ok = <R>(reply: R): Answered<R> => ({ ok: true, version: 1, reply });
const rules = { profile: 'test', fingerprint: 'f-1', rules: [] };

/** A trunk that has a channel, a campaign with rules, and a contact that answers as it is told to. */
function searching(answer: Answered<unknown>, campaign: Answered<unknown> = ok({ settings: { law: rules } })) {
  const clock = new ManualClock();
  const asked: string[] = [];
  const gate = { closed: new AbortController().signal, admits: () => true, admit: () => Promise.resolve(true) };
  const searches = routeSearches({ clock, gate, hasTrunk: () => true, showsNumber: () => false });
  const requests: unknown[] = [];
  const ask = async (_protocol: unknown, id: string, command: { readonly type: string }) => {
    asked.push(`${command.type} ${id}`);
    if (command.type === 'DescribeCampaign') return campaign;
    if (command.type !== 'RequestPermit') return ok(undefined);
    requests.push(command);
    return answer;
  };
  const searcher = { actorId: callId, ask, left: new AbortController().signal } as unknown as Searcher;
  const search: SeekRoute = { trunkId: 't', notBeforeMs: 0, knownCode: '', permit };
  return { clock, asked, requests, seek: (): Promise<CallCommand | undefined> => searches.seek(search, searcher) };
}

describe('the search for a channel under a law', () => {
  test('asks the contact once there is a channel, and its campaign for the rules once', async () => {
    const { seek, asked, requests } = searching(ok({ type: 'PermitAnswered', granted: true, ruleId: '' }));
    expect(await seek()).toEqual({ type: 'TakeRoute', trunkId: 't', permitted: true });
    expect(asked).toEqual(['ReserveChannel t', 'DescribeCampaign c', 'RequestPermit p-1']);
    expect(requests).toEqual([
      {
        ...{ type: 'RequestPermit', callId, campaignId: 'c', law: rules, standing },
        ...{ showsNumber: false, recorded: true, agentWaits: false, lastsMs: 255_000 },
      },
    ]);
    await seek();
    expect(asked.slice(3)).toEqual(['ReserveChannel t', 'RequestPermit p-1']);
  });

  test('gives the channel back where the contact refuses', async () => {
    const refused = { type: 'PermitAnswered', granted: false, ruleId: 'uk.do-not-call' };
    const { seek, asked } = searching(ok(refused));
    expect(await seek()).toEqual({ type: 'TakeRefusal', ruleId: 'uk.do-not-call' });
    expect(asked.at(-1)).toBe('ReleaseChannel t');
    expect(await searching(ok({ ...refused, retryAtMs: 77 })).seek()).toMatchObject({ retryAtMs: 77 });
  });

  test('takes an erased contact for one that is never called', async () => {
    const erased = { ok: false, rejection: { code: 'CONTACT_ERASED', message: '' } } as const;
    expect(await searching(erased).seek()).toEqual({ type: 'TakeRefusal', ruleId: 'contact-erased' });
  });

  test('holds no channel while nobody can say whether the contact may be called', async () => {
    const away = { ok: false, rejection: { code: 'NODE_UNREACHABLE', message: '', retryAfterMs: 400 } } as const;
    const contactAway = searching(away);
    expect(await contactAway.seek()).toMatchObject({ type: 'AwaitRoute', code: 'NODE_UNREACHABLE' });
    expect(contactAway.asked.at(-1)).toBe('ReleaseChannel t');
    const lawless = searching(away, ok({ settings: {} }));
    expect(await lawless.seek()).toMatchObject({ type: 'AwaitRoute', code: 'LAW_PROFILE_MISSING' });
    expect(lawless.asked).toEqual(['ReserveChannel t', 'DescribeCampaign c', 'ReleaseChannel t']);
  });
});
