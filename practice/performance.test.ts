import { expect, test } from '@jest/globals';
import type { InvitationEvent } from '#adapters/sip/invitation.ts';
import type { Logger } from '#ports/logger.ts';
import type { RtpEndpoint } from '#ports/media.ts';
import { FakeMedia } from '#test/fakes/fake-media.ts';
import type { Script, Step } from './people.ts';
import { type Caller, perform } from './performance.ts';

const offer: RtpEndpoint = {
  address: '192.0.2.9',
  port: 4_000,
  codecs: ['PCMU'],
  dtmfPayloadType: 101,
  direction: 'sendrecv',
};

/** A caller that notes what is done to it. It never tells a last event unless a test does. */
class QuietCaller implements Caller {
  readonly callId = 'call';
  readonly offer = offer;
  readonly done: string[] = [];
  tell: (event: InvitationEvent) => void = () => {};

  listen(listener: (event: InvitationEvent) => void): void {
    this.tell = listener;
  }
  ring(): void {
    this.done.push('ring');
  }
  answer(): void {
    this.done.push('answer');
  }
  reject(status: number): void {
    this.done.push(`reject ${status}`);
  }
  hangUp(): void {
    this.done.push('hang up');
  }
  forget(): void {
    this.done.push('forget');
  }
}

const script = (...steps: Step[]): Script => steps.map((step) => ({ waitMs: 0, step }));

function stage() {
  const faults: unknown[] = [];
  const quiet = () => {};
  const logger: Logger = { debug: quiet, info: quiet, warn: quiet, error: (fields) => faults.push(fields) };
  return { media: new FakeMedia(), timeScale: 1, logger, faults };
}

test.each([
  ['that is refused', script({ type: 'reject', sipStatus: 486, reason: 'Busy Here' })],
  // An answer without a codec in common is a 488, as an end before the answer is a 480.
  ['whose answer is none', script({ type: 'answer' }, { type: 'hang-up' })],
])('of a call %s nothing is left, also when its end is not told', async (_, refused) => {
  const at = stage();
  await perform(new QuietCaller(), refused, at);
  expect(at.media.legs.size).toBe(0);
  expect(at.faults).toEqual([]);
});

test('a call whose media fails is hung up and logged', async () => {
  const at = stage();
  const caller = new QuietCaller();
  await perform(caller, script({ type: 'ring' }, { type: 'answer' }, { type: 'press', digits: 'x' }), at);
  expect(caller.done).toEqual(['ring', 'answer', 'hang up']);
  expect(at.media.legs.size).toBe(0);
  expect(at.faults).toMatchObject([{ callId: 'call', err: { code: 'DIGITS_UNSENDABLE' } }]);
});

test('a call whose media thread dies is hung up', async () => {
  const at = stage();
  const caller = new QuietCaller();
  caller.answer = () => at.media.lose('call');
  await perform(caller, script({ type: 'answer' }, { type: 'finish-speaking' }, { type: 'press', digits: '1' }), at);
  expect(caller.done).toEqual(['hang up']);
  expect(at.faults).toEqual([]);
});

test('a caller that hangs up while keys to it are held back leaves nothing', async () => {
  const at = stage();
  const caller = new QuietCaller();
  at.media.sendDigits = () => {
    setImmediate(() => caller.tell({ type: 'hung-up', by: 'caller' }));
    return new Promise(() => {});
  };
  await perform(caller, script({ type: 'answer' }, { type: 'press', digits: '1' }, { type: 'ring' }), at);
  expect(caller.done).not.toContain('ring');
  expect(at.media.legs.size).toBe(0);
});

test('media that a caller names with its acknowledgement is followed', async () => {
  const at = stage();
  const caller = new QuietCaller();
  const moved = { ...offer, port: 5_000 };
  let remote: RtpEndpoint | undefined;
  caller.answer = () => caller.tell({ type: 'acknowledged', media: moved });
  caller.hangUp = () => {
    remote ??= at.media.legs.get('call')?.remote;
  };
  await perform(caller, script({ type: 'answer' }, { type: 'hang-up' }), at);
  expect(remote).toEqual(moved);
});
