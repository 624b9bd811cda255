import { describe, expect, test } from '@jest/globals';
import type { Answered } from '#runtime/actor.ts';
import { ManualClock } from '#test/fakes/manual-clock.ts';
import { campaignActor } from './campaign.actor.ts';

const lead = { row: 1, contactId: 'p-1', mask: '', attempt: 1 };
const refused = (code: string): Answered<never> => ({ ok: false, rejection: { code, message: `It says ${code}.` } });

/** Places one call that answers so; gives what the campaign is told, or throws what the executor throws. */
async function placing(
  answer: Answered<{ phase: string; outcome: string }>,
  { asked, traits = {} }: { readonly asked?: unknown[]; readonly traits?: object } = {},
): Promise<unknown[]> {
  const nothing = async () => undefined;
  const ports = {
    leads: { claim: nothing, settle: nothing, schedule: nothing, nextDue: nothing },
    lists: { load: nothing },
    clock: new ManualClock(),
  };
  const place = campaignActor(ports as never).executors['place-calls'];
  const told: unknown[] = [];
  const ask = async (_protocol: unknown, _id: string, command: unknown) => {
    asked?.push(command);
    return answer;
  };
  const context = { actorId: 'c', ask, tellSelf: (command: unknown) => told.push(command) };
  const attempts = [{ callId: 'c.1.1', lead: { ...lead, ...traits } }];
  await place?.({ attempts, fingerprint: 'f-1' } as never, context as never, 'key');
  return told;
}

describe('placing a call', () => {
  test('that is over already tells its outcome', async () => {
    expect(await placing({ ok: true, version: 1, reply: { phase: 'routing', outcome: 'unspecified' } })).toEqual([]);
    expect(await placing({ ok: true, version: 9, reply: { phase: 'ended', outcome: 'busy' } })).toEqual([
      { type: 'ReportAttempt', callId: 'c.1.1', outcome: 'busy' },
    ]);
  });

  test.each(['MAILBOX_FULL', 'NODE_UNREACHABLE', 'ACTOR_KIND_UNKNOWN'])(
    'that cannot be taken now is tried again: %s',
    async (code) => {
      await expect(placing(refused(code))).rejects.toMatchObject({ name: 'RetryableError', code });
    },
  );

  test.each(['ACTOR_ID_INVALID', 'ACTOR_CRASHED'])('that can never be taken has failed: %s', async (code) => {
    expect(await placing(refused(code))).toEqual([
      { type: 'ReportAttempt', callId: 'c.1.1', outcome: 'failed', refusal: code },
    ]);
  });

  test('says where the contact may be, by the list or what is shown of the number, and which debt it is about', async () => {
    const standings = async (traits: object) => {
      const asked: unknown[] = [];
      await placing({ ok: true, version: 1, reply: { phase: 'routing', outcome: '' } }, { asked, traits });
      return asked;
    };
    const mask = '+1 415 **** 23';
    const here = { law: { fingerprint: 'f-1', standing: { zones: ['America/Los_Angeles'] } } };
    expect(await standings({ mask })).toEqual([expect.objectContaining(here)]);
    const there = { law: { fingerprint: 'f-1', standing: { zones: ['Europe/Paris'] } } };
    expect(await standings({ mask, timezone: 'Europe/Paris' })).toEqual([expect.objectContaining(there)]);
    const about = { law: { fingerprint: 'f-1', standing: { zones: ['Europe/Paris'], debt: 'd-1' } } };
    expect(await standings({ mask, timezone: 'Europe/Paris', debt: 'd-1' })).toEqual([expect.objectContaining(about)]);
  });
});
