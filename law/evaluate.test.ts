import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { Law, Limit, Scope } from '#proto/generated/law.ts';
import { type Attempting, verdictOn } from './evaluate.ts';
import { emptyLedger, entered, type Ledger } from './ledger.ts';

const source = { citation: 'a test', url: 'https://example.org', note: '' };
const law = (...limits: Limit[]): Law => {
  return { profile: 't', fingerprint: 'f-1', rules: limits.map((limit, at) => ({ id: `t.${at}`, source, limit })) };
};
const attempting: Attempting = {
  ...{ callId: 'c.1.1', campaignId: 'c', zones: ['UTC'], debt: '' },
  ...{ showsNumber: true, recorded: false, agentWaits: false },
};
const noon = Date.parse('2026-06-10T12:00:00Z');
const hourMs = 3_600_000;
const open: Limit = {
  type: 'CallingHours',
  open: [{ days: ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'], from: '08:00', to: '21:00' }],
  marginMs: 0,
};
const granted = (ledger: Ledger, { callId, campaignId, debt }: Attempting, atMs: number): Ledger =>
  entered(ledger, {
    ...{ type: 'PermitGranted', callId, campaignId, law: 'f-1', standing: { zones: ['UTC'], debt } },
    ...{ showsNumber: true, recorded: false, agentWaits: false, atMs },
  });

describe('whether an attempt may be dialed', () => {
  test('is refused for good where any rule says never, whatever else there is', () => {
    const ledger: Ledger = { ...emptyLedger(), lists: [{ list: 'global', campaignId: '' }] };
    const rules = law(open, { type: 'DoNotCall', lists: [] });
    expect(verdictOn(rules, ledger, attempting, noon + 10 * hourMs)).toEqual({ ruleId: 't.1' });
  });

  test('is put off until the last of the rules allows it, and to an hour that is open then', () => {
    const wait: Limit = { type: 'AfterConversation', waitMs: 10 * hourMs, per: 'contact' };
    const talked = { callId: 'c.0.1', campaignId: 'd', debt: '', atMs: noon };
    const ledger: Ledger = { ...emptyLedger(), conversations: [talked] };
    const next = Date.parse('2026-06-11T08:00:00Z');
    expect(verdictOn(law(wait, open), ledger, attempting, noon)).toEqual({ ruleId: 't.0', retryAtMs: next });
    expect(verdictOn(law(wait, open), ledger, attempting, next)).toBeUndefined();
  });

  test('goes by the lists that a rule names, and by those of the campaign', () => {
    const named = law({ type: 'DoNotCall', lists: ['tps'] });
    const on = (list: string, campaignId: string): Ledger => ({ ...emptyLedger(), lists: [{ list, campaignId }] });
    expect(verdictOn(named, on('tps', ''), attempting, noon)).toBeDefined();
    expect(verdictOn(named, on('tps', 'c'), attempting, noon)).toBeDefined();
    expect(verdictOn(named, on('tps', 'd'), attempting, noon)).toBeUndefined();
    expect(verdictOn(named, on('other', ''), attempting, noon)).toBeUndefined();
  });

  test('is refused to whoever opted out, whatever lists a rule names, and with no rule at all', () => {
    const out: Ledger = { ...emptyLedger(), lists: [{ list: 'opt-out', campaignId: '' }] };
    const named = law(open, { type: 'DoNotCall', lists: ['tps'] });
    expect(verdictOn(named, out, attempting, noon)).toEqual({ ruleId: 't.1' });
    expect(verdictOn(law(open), out, attempting, noon + 10 * hourMs)).toEqual({ ruleId: 'contact-opted-out' });
    expect(verdictOn(law(), out, attempting, noon)).toEqual({ ruleId: 'contact-opted-out' });
  });

  test('is no other rule’s business: those of the campaign as a whole refuse nobody', () => {
    const whole = law(
      { type: 'MinimumRing', ringMs: 1 },
      { type: 'ConnectDeadline', waitMs: 1 },
      { type: 'SafeHarbour', optOut: true },
      { type: 'AbandonWindow', most: 0, windowMs: 1, zone: '' },
    );
    expect(verdictOn(whole, emptyLedger(), attempting, noon)).toBeUndefined();
  });

  const scope = fc.constantFrom<Scope>('contact', 'campaign', 'debt');
  const asked = fc.record({
    afterMs: fc.nat(3 * hourMs),
    campaignId: fc.constantFrom('c', 'd'),
    debt: fc.constantFrom('', 'd-1', 'd-2'),
  });

  test('is never so more often than the rule says in any window, and again at the time that was given', () => {
    const stories = fc.array(asked, { minLength: 1, maxLength: 40 });
    fc.assert(
      fc.property(
        scope,
        fc.integer({ min: 1, max: 5 }),
        fc.integer({ min: 1, max: 12 }),
        stories,
        (per, most, hours, story) => {
          const windowMs = hours * hourMs;
          const rules = law({ type: 'Attempts', most, windowMs, per });
          let ledger = emptyLedger();
          let atMs = noon;
          const dialed: (Attempting & { atMs: number })[] = [];
          for (const [index, { afterMs, campaignId, debt }] of story.entries()) {
            atMs += afterMs;
            const attempt = { ...attempting, callId: `${campaignId}.${index}.1`, campaignId, debt };
            const verdict = verdictOn(rules, ledger, attempt, atMs);
            if (!verdict) {
              ledger = granted(ledger, attempt, atMs);
              dialed.push({ ...attempt, atMs });
            } else {
              const retryAtMs = verdict.retryAtMs ?? 0;
              expect(verdictOn(rules, ledger, attempt, retryAtMs - 1)).toBeDefined();
              expect(verdictOn(rules, ledger, attempt, retryAtMs)).toBeUndefined();
            }
          }
          const together = (one: Attempting, other: Attempting) => {
            if (per === 'campaign') return one.campaignId === other.campaignId;
            return per === 'contact' || [one.debt, other.debt].includes('') || one.debt === other.debt;
          };
          for (const end of dialed) {
            const within = dialed.filter(
              (one) => together(one, end) && one.atMs <= end.atMs && one.atMs > end.atMs - windowMs,
            );
            expect(within.length).toBeLessThanOrEqual(most);
          }
        },
      ),
      { seed: 3, numRuns: 200 },
    );
  });
});
