import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { type CallCommand, type CallEvent, callProtocol } from '#proto/generated/call.ts';
import { campaignProtocol } from '#proto/generated/campaign.ts';
import { trunkProtocol } from '#proto/generated/trunk.ts';
import { clearTimer, run, setTimer, tell } from '#runtime/effects.ts';
import { defaultMeta, given } from '#test/given.ts';
import { decide } from './decide.ts';
import { escalate, isWakeful, react, resume } from './react.ts';
import { evolve, initial } from './state.ts';

const call = { protocol: callProtocol, initial, decide, evolve, react, resume, isWakeful };
const plan = {
  prompt: 'hello.wav',
  gatherDigits: 1,
  gatherTimeoutMs: 4000,
  ringTimeoutMs: 15_000,
  maxTalkMs: 120_000,
  record: true,
};
const request = { campaignId: 'c', row: 7, contactId: 'p-1', mask: '+86 138 **** 1234', trunkId: 't', plan };
const place = { type: 'PlaceCall', ...request, intent: 'dial' } as const;
const media = {
  packetsSent: 9,
  packetsReceived: 8,
  packetsLost: 0,
  jitterMs: 0.5,
  recording: 'r.wav',
  recordedMs: 900,
};
const requested: CallEvent = { type: 'CallRequested', ...request, atMs: 1000 };
const dialed: CallEvent = { type: 'CallDialed', atMs: 2000 };
const rang: CallEvent = { type: 'CallRang', sipStatus: 180, atMs: 3000 };
const answered: CallEvent = { type: 'CallAnswered', sipStatus: 200, atMs: 6000 };
const talking = [requested, { type: 'RouteTaken', trunkId: 't' }, dialed, rang, answered] as const;
const lostAt = (atMs: number) => setTimer('ending', atMs, { type: 'DeclareLost' as const });

test('a call whose supervision gave up tells its campaign, by its name alone', () => {
  const crash = { commandId: 'c-1', code: 'ACTOR_CRASHED' };
  expect(escalate('spring-sale.7.1', crash)).toEqual([
    tell(
      campaignProtocol,
      'spring-sale',
      { type: 'ReportCrash', callId: 'spring-sale.7.1', code: 'ACTOR_CRASHED' },
      'crash:c-1',
    ),
  ]);
  expect(escalate('stray', crash)).toEqual([]);
});

describe('a call', () => {
  test('asks its trunk for a channel, and again when there is none', () => {
    given(call)
      .when(place, { nowMs: 1000 })
      .then(requested)
      .thenEffects(run('seek-route', { trunkId: 't', notBeforeMs: 0, knownCode: '' }, 'route:1'))
      .when({ type: 'AwaitRoute', code: 'TRUNK_FULL', retryAfterMs: 500 }, { nowMs: 1100 })
      .then({ type: 'RouteAwaited', code: 'TRUNK_FULL', retryAtMs: 1600 })
      .thenEffects(run('seek-route', { trunkId: 't', notBeforeMs: 1600, knownCode: 'TRUNK_FULL' }, 'route:2'));
  });

  test('says that it dials before it dials', () => {
    given(call, requested)
      .when({ type: 'TakeRoute', trunkId: 't' }, { nowMs: 2000 })
      .then({ type: 'RouteTaken', trunkId: 't' }, dialed)
      .thenEffects(run('dial', request, 'dial'), lostAt(2000 + 15_000 + 60_000));
  });

  test('that is placed again answers how it stands, and dials once only', () => {
    given(call, ...talking)
      .when(place)
      .then()
      .thenReply({
        type: 'CallDescribed',
        phase: 'talking',
        campaignId: 'c',
        row: 7,
        mask: '+86 138 **** 1234',
        contactId: 'p-1',
        outcome: 'unspecified',
        sinceMs: 6000,
        digits: '',
      })
      .when({ type: 'TakeRoute', trunkId: 't' }, { nowMs: 7000 })
      .then({ type: 'RouteDeclined', trunkId: 't', atMs: 7000 })
      .thenEffects(tell(trunkProtocol, 't', { type: 'ReleaseChannel', callId: defaultMeta.actorId }, 'decline:7000'));
  });

  test('that was not dialed yet goes by the trunk and the plan that its campaign has now', () => {
    const over = { trunkId: 'other', plan: { ...plan, gatherDigits: 2 } };
    const waiting: CallEvent = { type: 'RouteAwaited', code: 'TRUNK_DOWN', retryAtMs: 9000 };
    given(call, requested, waiting)
      .when({ ...place, ...over }, { nowMs: 2000 })
      .then({ type: 'CallRerouted', ...over, waits: false, atMs: 2000 })
      .thenEffects(run('seek-route', { trunkId: 'other', notBeforeMs: 0, knownCode: '' }, 'route:3'))
      .when({ ...place, ...over })
      .then()
      .when({ type: 'TakeRoute', trunkId: 't' }, { nowMs: 2001 })
      .then({ type: 'RouteDeclined', trunkId: 't', atMs: 2001 })
      .when({ type: 'TakeRoute', trunkId: 'other' }, { nowMs: 2002 })
      .then({ type: 'RouteTaken', trunkId: 'other' }, { type: 'CallDialed', atMs: 2002 })
      .thenEffects(run('dial', { ...request, ...over }, 'dial'), lostAt(2002 + 15_000 + 60_000))
      .when(place)
      .then();
  });

  test('of a paused campaign waits, and goes on when it is told to', () => {
    const waits: CallEvent = { type: 'CallRerouted', trunkId: 't', plan, waits: true, atMs: 1500 };
    given(call, requested)
      .when({ ...place, intent: 'wait' }, { nowMs: 1500 })
      .then(waits)
      .thenEffects(run('stop-seeking', {}, 'stop-seeking:2'))
      .when({ type: 'TakeRoute', trunkId: 't' })
      .then({ type: 'RouteDeclined', trunkId: 't', atMs: 1500 })
      .when({ type: 'AwaitRoute', code: 'TRUNK_FULL', retryAfterMs: 500 })
      .then()
      .when(place, { nowMs: 1600 })
      .then({ ...waits, waits: false, atMs: 1600 })
      .thenEffects(run('seek-route', { trunkId: 't', notBeforeMs: 0, knownCode: '' }, 'route:3'));
    const woken = given(call, requested, waits);
    expect([woken.resumed, woken.wakeful]).toEqual([[], true]);
    given(call)
      .when({ ...place, intent: 'wait' }, { nowMs: 1000 })
      .then(requested, { ...waits, atMs: 1000 });
  });

  test('of a stopped campaign is canceled before it is dialed, and goes on after', () => {
    const withdraw = { ...place, intent: 'withdraw' } as const;
    const canceled = [
      planEnded('the campaign was stopped', 1500),
      {
        type: 'CallEnded',
        outcome: 'canceled',
        sipStatus: 0,
        reason: 'the campaign was stopped',
        ringMs: 0,
        talkMs: 0,
        digits: '',
        atMs: 1500,
      },
    ] as const;
    const ended = given(call, requested).when(withdraw, { nowMs: 1500, actorId: 'c.7.1' });
    ended
      .then(...canceled)
      .when(place)
      .then();
    expect(ended.effects).toContainEqual(run('stop-seeking', {}, 'stop-seeking:1'));
    expect(ended.reply).toMatchObject({ phase: 'ended', outcome: 'canceled' });
    given(call)
      .when(withdraw, { nowMs: 1500 })
      .then({ ...requested, atMs: 1500 }, ...canceled);
    given(call, requested, dialed).when(withdraw).then();
  });

  test('plays its prompt on answer and gives the digits time after it', () => {
    given(call, requested, dialed, rang)
      .when({ type: 'ReportAnswer', sipStatus: 200 }, { nowMs: 6000 })
      .then(answered)
      .thenEffects(
        run('play', { prompt: 'hello.wav' }, 'play'),
        setTimer('talk', 126_000, { type: 'EndTalk' }),
        lostAt(186_000),
      )
      .when({ type: 'ReportPromptEnd', completed: true }, { nowMs: 9000 })
      .then({ type: 'PromptEnded', completed: true, atMs: 9000 })
      .thenEffects(setTimer('gather', 13_000, { type: 'EndGather' }))
      .when({ type: 'EndGather' }, { nowMs: 13_000 })
      .then({ type: 'GatherEnded', digits: '', complete: false }, planEnded('no more digits', 13_000));
  });

  test('ends when the digits are there, also in the middle of the prompt', () => {
    given(call, ...talking)
      .when({ type: 'ReportDigit', digit: '2' }, { nowMs: 7000 })
      .then(
        { type: 'DigitPressed', digit: '2', atMs: 7000 },
        { type: 'GatherEnded', digits: '2', complete: true },
        planEnded('digits gathered', 7000),
      )
      .thenEffects(run('hang-up', {}, 'hang-up:7000'), lostAt(67_000))
      .when({ type: 'ReportDigit', digit: '3' }, { nowMs: 7050 })
      .then();
  });

  test('keeps no digit that nobody asked for, or asks for any more', () => {
    const gatherEnded = { type: 'GatherEnded', digits: '', complete: false } as const;
    for (const events of [
      [{ ...requested, plan: { ...plan, gatherDigits: 0 } }, dialed, answered],
      [...talking, gatherEnded],
      [...talking, byOperator(6500)],
    ]) {
      given(call, ...events)
        .when({ type: 'ReportDigit', digit: '2' }, { nowMs: 7000 })
        .then();
    }
  });

  test('without digits to gather ends with its prompt', () => {
    given(call, { ...requested, plan: { ...plan, gatherDigits: 0 } }, dialed, answered)
      .when({ type: 'ReportPromptEnd', completed: true }, { nowMs: 8000 })
      .then({ type: 'PromptEnded', completed: true, atMs: 8000 }, planEnded('prompt ended', 8000));
  });

  test('has one outcome, told to the campaign, and gives its channel back', () => {
    given(call, ...talking, { type: 'DigitPressed', digit: '1', atMs: 7000 })
      .when({ type: 'ReportHangup', by: 'callee', reason: 'hung up' }, { nowMs: 8000, actorId: 'c.7.1' })
      .then({ type: 'CallHungUp', by: 'callee', reason: 'hung up', atMs: 8000 })
      .thenEffects(run('close-media', {}, 'close-media'))
      .when({ type: 'ReportMedia', media }, { nowMs: 8005 })
      .then({
        type: 'CallEnded',
        outcome: 'answered',
        sipStatus: 200,
        reason: 'hung up',
        ringMs: 4000,
        talkMs: 2000,
        digits: '1',
        media,
        atMs: 8000,
      })
      .thenEffects(
        clearTimer('ending'),
        clearTimer('talk'),
        clearTimer('gather'),
        tell(trunkProtocol, 't', { type: 'ReleaseChannel', callId: 'c.7.1' }, 'release'),
        tell(campaignProtocol, 'c', { type: 'ReportAttempt', callId: 'c.7.1', outcome: 'answered' }, 'report'),
      )
      .when({ type: 'ReportHangup', by: 'callee', reason: 'again' })
      .then()
      .when({ type: 'ReportMedia', media })
      .then();
  });

  test('that failed keeps what the network said', () => {
    given(call, requested, dialed)
      .when({ type: 'ReportFailure', outcome: 'busy', sipStatus: 486, reason: 'Busy Here' }, { nowMs: 2500 })
      .then({ type: 'CallFailed', outcome: 'busy', sipStatus: 486, reason: 'Busy Here', atMs: 2500 })
      .when({ type: 'ReportMedia', media }, { nowMs: 2501 })
      .then({
        type: 'CallEnded',
        outcome: 'busy',
        sipStatus: 486,
        reason: 'Busy Here',
        ringMs: 500,
        talkMs: 0,
        digits: '',
        media,
        atMs: 2500,
      });
  });

  test('is ended by an operator: at once before it is dialed, through the network after', () => {
    given(call, requested).when({ type: 'HangUp', by: 'wang' }, { nowMs: 1500 }).then(byOperator(1500), {
      type: 'CallEnded',
      outcome: 'canceled',
      sipStatus: 0,
      reason: 'ended by an operator',
      ringMs: 0,
      talkMs: 0,
      digits: '',
      atMs: 1500,
    });
    given(call, requested, dialed)
      .when({ type: 'HangUp', by: 'wang' }, { nowMs: 2500 })
      .then(byOperator(2500))
      .thenEffects(run('hang-up', {}, 'hang-up:2500'), lostAt(62_500))
      .when({ type: 'HangUp', by: 'wang' }, { nowMs: 2600 })
      .then(byOperator(2600))
      .thenEffects(run('hang-up', {}, 'hang-up:2600'), lostAt(62_600));
  });

  test('ends when its media is gone', () => {
    given(call, ...talking)
      .when({ type: 'ReportMediaLoss' }, { nowMs: 7000 })
      .then(planEnded('the media was lost', 7000))
      .thenEffects(run('hang-up', {}, 'hang-up:7000'), lostAt(67_000))
      .when({ type: 'ReportMediaLoss' })
      .then();
  });

  test('ends when the callee has vanished without a word', () => {
    given(call, ...talking)
      .when({ type: 'ReportSilence', silentMs: 20_000 }, { nowMs: 30_000 })
      .then(planEnded('nothing was heard any more', 30_000))
      .thenEffects(run('hang-up', {}, 'hang-up:30000'), lostAt(90_000))
      .when({ type: 'ReportSilence', silentMs: 20_000 })
      .then();
    given(call, requested, dialed, rang).when({ type: 'ReportSilence', silentMs: 20_000 }).then();
  });

  test('stops its prompt with the first of several digits, and then gives the others time', () => {
    given(call, { ...requested, plan: { ...plan, gatherDigits: 2 } }, dialed, answered)
      .when({ type: 'ReportDigit', digit: '4' }, { nowMs: 7000 })
      .then({ type: 'DigitPressed', digit: '4', atMs: 7000 })
      .thenEffects(run('stop-playing', {}, 'stop-playing'))
      .when({ type: 'ReportPromptEnd', completed: false }, { nowMs: 7001 })
      .thenEffects(setTimer('gather', 11_001, { type: 'EndGather' }))
      .when({ type: 'ReportDigit', digit: '2' }, { nowMs: 8000 })
      .thenEffects(run('hang-up', {}, 'hang-up:8000'), lostAt(68_000));
  });

  test('that was to end and is answered all the same is ended, and plays nothing', () => {
    given(call, requested, dialed, byOperator(2500))
      .when({ type: 'ReportAnswer', sipStatus: 200 }, { nowMs: 6000 })
      .then(answered)
      .thenEffects(run('hang-up', {}, 'hang-up-answered'), lostAt(66_000));
  });

  test('that we canceled because its media was gone has failed; that an operator canceled is canceled', () => {
    const canceled: CallEvent = { type: 'CallFailed', outcome: 'canceled', sipStatus: 487, reason: '', atMs: 3000 };
    const outcomeAfter = (requestedBy: CallEvent) =>
      given(call, requested, dialed, requestedBy, canceled).when({ type: 'ReportMedia', media }).state.outcome;
    expect(outcomeAfter(planEnded('the media was lost', 2500))).toBe('failed');
    expect(outcomeAfter(byOperator(2500))).toBe('canceled');
  });

  test('that never was cannot be ended', () => {
    given(call).when({ type: 'HangUp', by: 'wang' }).thenRejected('CALL_UNKNOWN');
  });

  test('that nobody holds any more is unknown, for it may have rung', () => {
    given(call, requested, dialed, rang).when({ type: 'DeclareLost' }, { nowMs: 9000 }).then(
      { type: 'CallLost', atMs: 9000 },
      {
        type: 'CallEnded',
        outcome: 'unknown',
        sipStatus: 0,
        reason: 'the node that held the call ended; it may have rung',
        ringMs: 7000,
        talkMs: 0,
        digits: '',
        atMs: 9000,
      },
    );
  });

  test('has its outcome also when the media never reports', () => {
    const over: CallEvent = { type: 'CallHungUp', by: 'callee', reason: 'hung up', atMs: 8000 };
    const story = given(call, ...talking, over).when({ type: 'DeclareLost' }, { nowMs: 99_000 });
    expect(story.events).toEqual([
      {
        type: 'CallEnded',
        outcome: 'answered',
        sipStatus: 200,
        reason: 'hung up',
        ringMs: 4000,
        talkMs: 2000,
        digits: '',
        atMs: 8000,
      },
    ]);
  });

  test('never dials when it is woken: it asks for its route, looks for itself, or finishes', () => {
    const waiting: CallEvent = { type: 'RouteAwaited', code: 'TRUNK_FULL', retryAtMs: 1600 };
    expect(given(call, requested, waiting).resumed).toEqual([
      run('seek-route', { trunkId: 't', notBeforeMs: 0, knownCode: 'TRUNK_FULL' }, 'route:2'),
    ]);
    expect(given(call, requested, dialed).resumed).toEqual([run('find', {}, 'find')]);
    expect(given(call, ...talking).resumed).toEqual([run('find', {}, 'find')]);
    const over: CallEvent = { type: 'CallHungUp', by: 'callee', reason: '', atMs: 8000 };
    expect(given(call, ...talking, over).resumed).toEqual([run('close-media', {}, 'close-media')]);
    expect(given(call).wakeful).toBe(false);
  });

  test('dials once and ends once, whatever it is told in whatever order', () => {
    const commands = fc.constantFrom<CallCommand>(
      place,
      { ...place, trunkId: 'other' },
      { ...place, intent: 'wait' },
      { ...place, intent: 'withdraw' },
      { type: 'TakeRoute', trunkId: 't' },
      { type: 'TakeRoute', trunkId: 'other' },
      { type: 'AwaitRoute', code: 'TRUNK_FULL', retryAfterMs: 1 },
      { type: 'ReportRinging', sipStatus: 180 },
      { type: 'ReportAnswer', sipStatus: 200 },
      { type: 'ReportFailure', outcome: 'busy', sipStatus: 486, reason: '' },
      { type: 'ReportHangup', by: 'callee', reason: '' },
      { type: 'ReportDigit', digit: '1' },
      { type: 'ReportPromptEnd', completed: true },
      { type: 'EndGather' },
      { type: 'EndTalk' },
      { type: 'ReportMedia', media },
      { type: 'HangUp', by: 'wang' },
      { type: 'DeclareLost' },
      { type: 'ReportMediaLoss' },
      { type: 'ReportSilence', silentMs: 20_000 },
    );
    fc.assert(
      fc.property(fc.array(commands, { maxLength: 40 }), (told) => {
        let story = given(call).when({ type: 'DescribeCall' });
        const events: CallEvent[] = [];
        let dials = 0;
        for (const [index, command] of told.entries()) {
          story = story.when(command, { nowMs: 1000 + index });
          events.push(...story.events);
          dials += story.effects.filter((effect) => effect.type === 'run' && effect.executor === 'dial').length;
        }
        const count = (type: CallEvent['type']) => events.filter((event) => event.type === type).length;
        expect(dials).toBe(count('CallDialed'));
        expect(dials).toBeLessThanOrEqual(1);
        expect(count('CallEnded')).toBeLessThanOrEqual(1);
        expect(count('CallEnded')).toBe(story.state.phase === 'ended' ? 1 : 0);
        expect(story.wakeful).toBe(events.length > 0 && story.state.phase !== 'ended' && story.state.phase !== 'new');
      }),
    );
  });
});

function planEnded(reason: string, atMs: number): CallEvent {
  return { type: 'HangupRequested', party: 'callboard', by: '', reason, atMs };
}

function byOperator(atMs: number): CallEvent {
  return { type: 'HangupRequested', party: 'operator', by: 'wang', reason: 'ended by an operator', atMs };
}
