/** What every way to the telephone network must do, whatever it is made of: each adapter and each fake runs this suite. */
import { afterEach, describe, expect, test } from '@jest/globals';
import { CallProbe, ourMedia } from '#test/sip/call-probe.ts';
import type { Telephony } from './telephony.ts';

/** What the far side does with a call, or with a ping. */
export type FarSide =
  | 'rings and answers'
  | 'answers and hangs up'
  | 'rings'
  | 'is busy'
  /** Answers, is asked to call another, and says that it has reached it. */
  | 'takes a transfer'
  /** Answers, is asked to call another, and says that it is busy. */
  | 'fails a transfer'
  /** Answers, and says that it takes no REFER. */
  | 'refuses transfers'
  /** Answers pings and takes no calls. */
  | 'is there'
  /** Answers nothing, pings neither. */
  | 'is silent';

/** A telephony under test whose trunk `t` leads to a far side. */
export interface TelephonyBench {
  readonly telephony: Telephony;
  /** The far side as a phone of the house. */
  readonly phone: string;
  /** How many attempts have come to the far side for each number. */
  attempts(): Promise<ReadonlyMap<string, number>>;
  /** Frees all that the bench holds but `telephony`. */
  stop(): Promise<void>;
}

/** Runs the suite; `create` makes a telephony and a far side that does this. */
export function telephonyContract(name: string, create: (farSide: FarSide) => Promise<TelephonyBench>): void {
  describe(`the telephony port of ${name}`, () => {
    let bench: TelephonyBench | undefined;

    afterEach(async () => {
      await bench?.telephony.close(200);
      await bench?.stop();
      bench = undefined;
    });

    async function towards(farSide: FarSide): Promise<TelephonyBench> {
      bench = await create(farSide);
      return bench;
    }

    test('a call rings, is answered with the media of the far side, and ends when we hang up', async () => {
      const { telephony } = await towards('rings and answers');
      const call = await CallProbe.dial(telephony);
      const { media, sipStatus } = await call.next('answered');
      expect([sipStatus, media.codecs.length > 0, media.port > 0]).toEqual([200, true, true]);
      await telephony.hangUp(call.callId);
      expect(await call.next('hung-up')).toMatchObject({ by: 'us' });
      expect(call.types).toEqual(['ringing', 'answered', 'hung-up']);
    });

    test('a callee who hangs up ends the call, once', async () => {
      const { telephony } = await towards('answers and hangs up');
      const call = await CallProbe.dial(telephony);
      expect(await call.next('hung-up')).toMatchObject({ by: 'callee' });
      await telephony.hangUp(call.callId);
      await telephony.close(200);
      expect(call.types.slice(-2)).toEqual(['answered', 'hung-up']);
    });

    test('a call that is refused has failed, with its cause, once', async () => {
      const { telephony } = await towards('is busy');
      const call = await CallProbe.dial(telephony);
      expect(await call.next('failed')).toMatchObject({ cause: 'busy', sipStatus: 486 });
      await telephony.hangUp(call.callId);
      await telephony.close(200);
      expect(call.types).toEqual(['failed']);
    });

    test('a call that we end before it is answered is canceled, once, however often we end it', async () => {
      const { telephony } = await towards('rings');
      const call = await CallProbe.dial(telephony);
      await call.next('ringing');
      await Promise.all([telephony.hangUp(call.callId), telephony.hangUp(call.callId)]);
      expect(await call.next('failed')).toMatchObject({ cause: 'canceled' });
      await telephony.close(200);
      expect(call.types).toEqual(['ringing', 'failed']);
    });

    test('the same call id dials once while the call lives, and the first listener hears it', async () => {
      const { telephony, attempts } = await towards('rings and answers');
      const [call, again] = await Promise.all([CallProbe.dial(telephony), CallProbe.dial(telephony)]);
      await call.next('answered');
      await CallProbe.dial(telephony);
      await telephony.hangUp(call.callId);
      await call.next('hung-up');
      expect([again.types, await attempts()]).toEqual([[], new Map([['+8613800001234', 1]])]);
    });

    test('a phone is called by its URI, and hangs up', async () => {
      const { telephony, phone } = await towards('answers and hangs up');
      const call = await CallProbe.ring(telephony, phone);
      expect(await call.next('answered')).toMatchObject({ sipStatus: 200 });
      expect(await call.next('hung-up')).toMatchObject({ by: 'callee' });
    });

    test.each(['', 'sip:', 'tel:+8613800001234', 'sip:a@b c', 'sip:a@b>\r\nX: y'])('%j is no phone', async (uri) => {
      const { telephony } = await towards('is there');
      await expect(CallProbe.ring(telephony, uri)).rejects.toMatchObject({ code: 'PHONE_UNKNOWN' });
      await expect(telephony.transfer('call-1', uri)).rejects.toMatchObject({ code: 'PHONE_UNKNOWN' });
    });

    test('a far side that reaches the target of a transfer is let go of', async () => {
      const { telephony, phone } = await towards('takes a transfer');
      const call = await CallProbe.ring(telephony, phone);
      await call.next('answered');
      const told: number[] = [];
      await telephony.transfer(call.callId, 'sip:billing@192.0.2.7', (sipStatus) => told.push(sipStatus));
      expect(told).toEqual([100, 200]);
      expect(call.types.slice(-2)).toEqual(['answered', 'hung-up']);
      expect(await call.next('hung-up')).toMatchObject({ by: 'us' });
    });

    test.each([
      ['fails a transfer', 'TRANSFER_FAILED'],
      ['refuses transfers', 'TRANSFER_REFUSED'],
    ] as const)('a far side that %s keeps its call: %s', async (farSide, code) => {
      const { telephony } = await towards(farSide);
      const call = await CallProbe.dial(telephony);
      await call.next('answered');
      await expect(telephony.transfer(call.callId, 'sip:billing@192.0.2.7')).rejects.toMatchObject({ code });
      expect(call.types.at(-1)).toBe('answered');
      await telephony.hangUp(call.callId);
      expect(await call.next('hung-up')).toMatchObject({ by: 'us' });
    });

    test('a call that never was cannot be transferred', async () => {
      const { telephony } = await towards('is there');
      await expect(telephony.transfer('nobody', 'sip:billing@192.0.2.7')).rejects.toMatchObject({
        code: 'TRANSFER_REFUSED',
      });
    });

    test('a trunk that nobody configured is unknown to calls and to pings, and nothing is dialed', async () => {
      const { telephony, attempts } = await towards('rings and answers');
      const listener = () => {
        throw new Error('A call that was never dialed has no event.');
      };
      const request = { callId: 'x', trunkId: 'other', number: '+8613800001234', media: ourMedia, ringTimeoutMs: 9000 };
      await expect(telephony.dial(request, listener)).rejects.toMatchObject({ code: 'TRUNK_UNKNOWN' });
      await expect(telephony.ping('other')).rejects.toMatchObject({ code: 'TRUNK_UNKNOWN' });
      expect(await attempts()).toEqual(new Map());
    });

    test('to hang up a call that never was is no error', async () => {
      const { telephony } = await towards('is there');
      await expect(telephony.hangUp('nobody')).resolves.toBeUndefined();
    });

    test('a gateway that answers a ping is healthy', async () => {
      const { telephony } = await towards('is there');
      expect(await telephony.ping('t')).toMatchObject({ healthy: true, sipStatus: 200 });
    });

    test('a gateway that answers none is not, within four seconds', async () => {
      const { telephony } = await towards('is silent');
      expect(await telephony.ping('t')).toMatchObject({ healthy: false, sipStatus: 0 });
    });

    test('a trunk that is configured anew leaves its live calls as they are', async () => {
      const { telephony } = await towards('rings and answers');
      const call = await CallProbe.dial(telephony);
      await call.next('answered');
      await telephony.configureTrunk({ trunkId: 't', uri: 'sip:127.0.0.1:9' });
      await telephony.hangUp(call.callId);
      await call.next('hung-up');
      expect(call.types).toEqual(['ringing', 'answered', 'hung-up']);
    });

    test('closing ends every call, each with its last event', async () => {
      const { telephony } = await towards('rings and answers');
      const call = await CallProbe.dial(telephony);
      await call.next('answered');
      await telephony.close(200);
      expect(call.types).toEqual(['ringing', 'answered', 'hung-up']);
    });
  });
}
