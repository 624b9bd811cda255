/** What every store of leads keeps of its port, sentence by sentence. Call it from a test file beside the adapter. */
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { Claim, FollowUp, LeadFilter, Leads, NewLead } from './leads.ts';

/** A store of leads to be tested, over data of its own. */
export interface LeadsUnderTest {
  readonly leads: Leads;
  /** Closes the store and opens another one over the same data. */
  reopen(): Promise<Leads>;
  /** Opens one more over the same data, as another node does. */
  another(): Promise<Leads>;
  /** Closes what is open and forgets the data. */
  dispose(): Promise<void>;
}

function lead(row: number, contactId = `contact-${row}`): NewLead {
  return { row, contactId, mask: `+86 138 **** 00${row}`, timezone: 'Asia/Shanghai', language: 'zh-CN' };
}

const list = (from: number, to: number): NewLead[] =>
  Array.from({ length: to - from + 1 }, (_, index) => lead(from + index));

const where = (filter: Partial<LeadFilter>): LeadFilter => ({
  languages: [],
  timezones: [],
  segments: [],
  ...filter,
});

/** The lead of a row is to be called again at a time, after its first attempt was busy at 900. */
function again(row: number, dueAtMs: number, more: Partial<FollowUp> = {}): FollowUp {
  const attempt = more.attempt ?? 1;
  const past = { attempt, outcome: 'busy', atMs: 900 } as const;
  return { row, attempt, dueAtMs, callback: false, humanOnly: false, past, ...more };
}

function claimOf(claimId: string, count: number, more: Partial<Claim> = {}): Claim {
  return { campaignId: 'spring', claimId, count, nowMs: 1000, leaseMs: 500, ...more };
}

/** Describes the store that `open` gives; each test gets a fresh one. */
export function leadsContract(name: string, open: () => Promise<LeadsUnderTest>): void {
  describe(`${name} keeps the promises of leads`, () => {
    let under: LeadsUnderTest;
    let leads: Leads;
    const rows = async (claim: Claim, from = leads) =>
      (await from.claim(claim)).map(({ row, attempt }) => `${row}#${attempt}`);

    beforeEach(async () => {
      under = await open();
      leads = under.leads;
    });
    afterEach(() => under.dispose());

    describe('a list', () => {
      test('counts what was added, by campaign', async () => {
        expect(await leads.counts('spring')).toEqual({ leads: 0, open: 0, refused: 0 });
        expect(await leads.add('spring', list(1, 3))).toEqual({ added: 3, known: [], taken: [], changed: 0 });
        expect(await leads.add('autumn', list(1, 2))).toEqual({ added: 2, known: [], taken: [], changed: 0 });
        expect(await leads.counts('spring')).toEqual({ leads: 3, open: 3, refused: 0 });
        expect(await leads.counts('autumn')).toEqual({ leads: 2, open: 2, refused: 0 });
      });

      test('has one lead for each contact: another row of the same contact is known', async () => {
        await leads.add('spring', list(1, 2));
        const again = lead(7, 'contact-1');
        expect(await leads.add('spring', [again, lead(3), lead(8, 'contact-3')])).toEqual({
          added: 1,
          known: [again, lead(8, 'contact-3')],
          taken: [],
          changed: 0,
        });
        expect(await leads.counts('spring')).toEqual({ leads: 3, open: 3, refused: 0 });
      });

      test('has one lead for each row: another contact on the same row is not added', async () => {
        await leads.add('spring', list(1, 2));
        expect(await leads.add('spring', [lead(2, 'somebody')])).toEqual({
          added: 0,
          known: [],
          taken: [lead(2, 'somebody')],
          changed: 0,
        });
        expect(await rows(claimOf('a', 10))).toEqual(['1#1', '2#1']);
      });

      test('takes what a row says now of a contact that it has: whatever is claimed from then on goes by it', async () => {
        await leads.add('spring', list(1, 3));
        const first = await leads.claim(claimOf('a', 1));
        const now = { timezone: 'America/Los_Angeles', language: 'en', segment: 'gold', priority: 5 };
        const rowsNow = [{ ...lead(1), ...now }, { ...lead(9, 'contact-2'), ...now }, lead(3)];
        const again = { added: 0, known: rowsNow, taken: [] };
        expect(await leads.add('spring', rowsNow)).toEqual({ ...again, changed: 2 });
        expect(await leads.add('spring', rowsNow)).toEqual({ ...again, changed: 0 });
        expect(await leads.claim(claimOf('a', 1))).toEqual(first);
        const traits = { timezone: 'America/Los_Angeles', language: 'en' };
        expect(await leads.claim(claimOf('b', 9, { where: where({ segments: ['gold'] }) }))).toMatchObject([
          { row: 2, contactId: 'contact-2', attempt: 1, ...traits },
        ]);
        expect(await rows(claimOf('c', 9))).toEqual(['3#1']);
        expect(await leads.claim(claimOf('d', 9, { nowMs: 1500 }))).toMatchObject([
          { row: 1, attempt: 2, ...traits },
          { row: 2, attempt: 2, ...traits },
          { row: 3, attempt: 2, timezone: 'Asia/Shanghai', language: 'zh-CN' },
        ]);
        expect(await leads.counts('spring')).toEqual({ leads: 3, open: 0, refused: 0 });
      });

      test('changes only where a row says something else: the zone alone, or the priority', async () => {
        await leads.add('spring', list(1, 3));
        const { changed } = await leads.add('spring', [
          lead(1),
          { ...lead(2), timezone: '' },
          { ...lead(3), priority: 1 },
        ]);
        expect(changed).toBe(2);
        expect((await leads.claim(claimOf('a', 3))).map(({ row, timezone }) => [row, timezone])).toEqual([
          [3, 'Asia/Shanghai'],
          [1, 'Asia/Shanghai'],
          [2, undefined],
        ]);
      });

      test('keeps each refused row once, with its last reason, in order, at most the limit', async () => {
        await leads.refuse('spring', [
          { row: 9, reason: 'not a phone number' },
          { row: 4, reason: 'no phone' },
        ]);
        await leads.refuse('spring', [{ row: 9, reason: 'something else' }]);
        await leads.refuse('autumn', [{ row: 1, reason: 'no phone' }]);
        expect(await leads.refused('spring', 10)).toEqual([
          { row: 4, reason: 'no phone' },
          { row: 9, reason: 'something else' },
        ]);
        expect(await leads.refused('spring', 1)).toHaveLength(1);
        expect(await leads.refused('spring', 10, 4)).toEqual([{ row: 9, reason: 'something else' }]);
        expect(await leads.refused('spring', 10, 9)).toEqual([]);
        expect(await leads.counts('spring')).toEqual({ leads: 0, open: 0, refused: 2 });
      });

      test('forgets a refusal once the row is added or known, and no other', async () => {
        await leads.add('spring', list(1, 2));
        const refused = [1, 2, 3, 4].map((row) => ({ row, reason: 'no phone' }));
        await leads.refuse('spring', refused);
        await leads.refuse('autumn', refused);
        await leads.add('spring', [lead(1), lead(2, 'somebody else'), lead(3)]);
        expect((await leads.refused('spring', 10)).map(({ row }) => row)).toEqual([2, 4]);
        expect(await leads.counts('spring')).toEqual({ leads: 3, open: 3, refused: 2 });
        expect((await leads.counts('autumn')).refused).toBe(4);
      });
    });

    describe('a claim', () => {
      test('takes open leads in the order of their rows, at most as many as asked for', async () => {
        await leads.add('spring', [lead(30), lead(4), lead(100)]);
        const traits = { timezone: 'Asia/Shanghai', language: 'zh-CN' };
        expect(await leads.claim(claimOf('a', 2))).toEqual([
          { row: 4, contactId: 'contact-4', mask: lead(4).mask, attempt: 1, ...traits },
          { row: 30, contactId: 'contact-30', mask: lead(30).mask, attempt: 1, ...traits },
        ]);
        expect(await rows(claimOf('b', 2))).toEqual(['100#1']);
        expect(await rows(claimOf('c', 2))).toEqual([]);
        expect(await leads.counts('spring')).toEqual({ leads: 3, open: 0, refused: 0 });
      });

      test('gives the debt that a lead is about, for each attempt', async () => {
        await leads.add('spring', [{ ...lead(1), debt: 'd-1' }, lead(2)]);
        const debts = async (claim: Claim) => (await leads.claim(claim)).map(({ debt }) => debt);
        expect(await debts(claimOf('a', 2))).toEqual(['d-1', undefined]);
        await leads.settle('spring', [{ row: 1, attempt: 1 }]);
        await leads.schedule('spring', [again(1, 2000)]);
        leads = await under.reopen();
        expect(await debts(claimOf('b', 1, { nowMs: 2000 }))).toEqual(['d-1']);
      });

      test('under the same id gives the same leads: at once, after they were settled, after it was opened again', async () => {
        await leads.add('spring', list(1, 5));
        const first = await leads.claim(claimOf('a', 2));
        expect(await leads.claim(claimOf('a', 2))).toEqual(first);
        await leads.settle('spring', [{ row: 1, attempt: 1 }]);
        expect(await leads.claim(claimOf('a', 4, { nowMs: 99_000 }))).toEqual(first);
        const again = await under.reopen();
        expect(await again.claim(claimOf('a', 2))).toEqual(first);
        expect(await rows(claimOf('b', 2), again)).toEqual(['3#1', '4#1']);
      });

      test('that found nothing finds nothing under the same id', async () => {
        expect(await rows(claimOf('a', 2))).toEqual([]);
        await leads.add('spring', list(1, 2));
        expect(await rows(claimOf('a', 2))).toEqual([]);
        expect(await rows(claimOf('b', 2))).toEqual(['1#1', '2#1']);
      });

      test('of one campaign touches no other, and ids are its own', async () => {
        await leads.add('spring', list(1, 1));
        await leads.add('autumn', list(1, 1));
        expect(await rows(claimOf('a', 1))).toEqual(['1#1']);
        expect(await rows(claimOf('a', 1, { campaignId: 'autumn' }))).toEqual(['1#1']);
      });

      test('ends with its lease: then the lead is free for another, as the next attempt', async () => {
        await leads.add('spring', list(1, 2));
        await leads.claim(claimOf('a', 1, { nowMs: 1000, leaseMs: 500 }));
        expect(await rows(claimOf('b', 5, { nowMs: 1499 }))).toEqual(['2#1']);
        expect(await rows(claimOf('c', 5, { nowMs: 1500 }))).toEqual(['1#2']);
      });

      test('is over for good once the lead is settled, however late and however often', async () => {
        await leads.add('spring', list(1, 2));
        await leads.claim(claimOf('a', 2));
        await leads.settle('spring', [{ row: 1, attempt: 1 }]);
        await leads.settle('spring', [{ row: 1, attempt: 1 }]);
        expect(await rows(claimOf('b', 5, { nowMs: 50_000 }))).toEqual(['2#2']);
        await leads.settle('spring', [{ row: 2, attempt: 1 }]);
        const again = await under.reopen();
        expect(await rows(claimOf('c', 5, { nowMs: 99_000 }), again)).toEqual([]);
      });

      test('that nobody made settles nothing', async () => {
        await leads.add('spring', list(1, 1));
        await leads.settle('spring', [
          { row: 1, attempt: 1 },
          { row: 77, attempt: 1 },
        ]);
        expect(await rows(claimOf('a', 5))).toEqual(['1#1']);
      });

      test('gives no lead twice, however many claim at once', async () => {
        await leads.add('spring', list(1, 1000));
        const claimed = await Promise.all(
          Array.from({ length: 150 }, (_, index) => leads.claim(claimOf(`claim-${index}`, 7))),
        );
        const all = claimed.flat().map(({ row }) => row);
        expect(all).toHaveLength(1000);
        expect(new Set(all).size).toBe(1000);
      });

      test('gives no attempt twice to 50 who claim at once, for two campaigns on three nodes', async () => {
        const campaigns = ['spring', 'autumn'];
        for (const campaignId of campaigns) await leads.add(campaignId, list(1, 200));
        const nodes = [leads, await under.another(), await under.another()];
        const given = new Map<string, number>();
        // Leases are over at once, and every other attempt is to be followed by another: everybody wants every lead.
        const claimer = async (index: number) => {
          const node = nodes[index % nodes.length] as Leads;
          const campaignId = campaigns[index % campaigns.length] as string;
          for (let turn = 0; turn < 3; turn += 1) {
            const nowMs = 1000 + turn * 10;
            const claimed = await node.claim(claimOf(`${index}-${turn}`, 8, { campaignId, nowMs, leaseMs: 5 }));
            for (const { row, attempt } of claimed) {
              const key = `${campaignId}/${row}#${attempt}`;
              given.set(key, (given.get(key) ?? 0) + 1);
            }
            const begun = claimed.filter(({ row }) => row % 2 === 0);
            await node.settle(campaignId, begun);
            await node.schedule(
              campaignId,
              begun.map(({ row, attempt }) => again(row, nowMs + 10, { attempt })),
            );
          }
        };
        await Promise.all(Array.from({ length: 50 }, (_, index) => claimer(index)));
        expect(given.size).toBeGreaterThanOrEqual(400);
        expect([...given].filter(([, times]) => times > 1)).toEqual([]);
      });
    });

    describe('an order', () => {
      test('is the higher priority first, and among equals the list or its end', async () => {
        await leads.add('spring', [
          lead(1),
          { ...lead(2), priority: 5 },
          { ...lead(3), priority: -1 },
          { ...lead(4), priority: 5 },
          lead(5),
        ]);
        expect(await rows(claimOf('a', 2))).toEqual(['2#1', '4#1']);
        expect(await rows(claimOf('b', 9, { nowMs: 2000, order: 'newest' }))).toEqual([
          '4#2',
          '2#2',
          '5#1',
          '1#1',
          '3#1',
        ]);
      });

      test('is kept across the leads of a filter, whatever they have besides', async () => {
        const [es, mx] = [
          { ...lead(1), language: 'es' },
          { ...lead(2), language: 'es-MX' },
        ];
        const added = [es, mx, { ...es, row: 3, timezone: 'Europe/Madrid' }, { ...mx, row: 4, priority: 1 }, lead(5)];
        await leads.add(
          'spring',
          added.map((each) => ({ ...each, contactId: `contact-${each.row}` })),
        );
        const spanish = where({ languages: ['es'] });
        expect(await rows(claimOf('a', 9, { where: spanish }))).toEqual(['4#1', '1#1', '2#1', '3#1']);
        expect(await rows(claimOf('b', 3, { where: spanish, order: 'newest', nowMs: 2000 }))).toEqual([
          '4#2',
          '3#2',
          '2#2',
        ]);
      });
    });

    describe('a filter', () => {
      test('takes leads that have one of the values of each kind', async () => {
        await leads.add('spring', [
          { ...lead(1), language: 'es-MX', segment: 'gold' },
          { ...lead(2), language: 'est', segment: 'gold' },
          { ...lead(3), language: 'ES', segment: 'silver' },
          { ...lead(4), language: '', timezone: 'Europe/Paris' },
        ]);
        const given = async (claimId: string, filter: Partial<LeadFilter>) =>
          rows(claimOf(claimId, 9, { where: where(filter), nowMs: 1000 }));
        expect(await given('a', { languages: ['fr'] })).toEqual([]);
        expect(await given('b', { languages: ['es'], segments: ['gold', 'bronze'] })).toEqual(['1#1']);
        expect(await given('c', { timezones: ['Europe/Paris', 'Asia/Tokyo'] })).toEqual(['4#1']);
        expect(await given('d', { languages: ['es', 'et'] })).toEqual(['3#1']);
        expect(await given('e', {})).toEqual(['2#1']);
      });

      test('leaves out the leads of closed time zones, also those that are due, and waits for none of them', async () => {
        await leads.add('spring', [
          { ...lead(1), timezone: 'Asia/Tokyo' },
          { ...lead(2), timezone: 'Europe/Paris' },
          { ...lead(3), timezone: '' },
        ]);
        const open = where({ closedTimezones: ['Asia/Tokyo'] });
        expect(await rows(claimOf('a', 9, { where: open }))).toEqual(['2#1', '3#1']);
        const all = await leads.claim(claimOf('b', 9));
        expect(all).toMatchObject([{ row: 1 }]);
        await leads.settle('spring', all);
        await leads.schedule('spring', [again(1, 5000)]);
        expect(await leads.nextDue(claimOf('x', 1))).toBe(5000);
        expect(await rows(claimOf('c', 9, { where: open, nowMs: 6000, leaseMs: 99_999 }))).not.toContain('1#2');
        expect(await rows(claimOf('d', 9, { nowMs: 6000 }))).toContain('1#2');
      });
    });

    describe('a lead that is to be called again', () => {
      test('is free at its time, as the next attempt, with what its attempts came to', async () => {
        await leads.add('spring', list(1, 2));
        await leads.settle('spring', await leads.claim(claimOf('a', 2)));
        await leads.schedule('spring', [again(1, 5000)]);
        expect(await leads.nextDue(claimOf('x', 1))).toBe(5000);
        expect(await rows(claimOf('b', 9, { nowMs: 4999 }))).toEqual([]);
        const store = await under.reopen();
        expect(await store.claim(claimOf('c', 9, { nowMs: 5000 }))).toMatchObject([
          { row: 1, attempt: 2, history: { attempts: [{ attempt: 1, outcome: 'busy', atMs: 900 }] } },
        ]);
        await store.settle('spring', [{ row: 1, attempt: 2 }]);
        await store.schedule('spring', [
          again(1, 6000, { attempt: 2, past: { attempt: 2, outcome: 'no-answer', atMs: 5500 } }),
        ]);
        const [lead] = await store.claim(claimOf('d', 9, { nowMs: 6000 }));
        expect(lead).toMatchObject({ row: 1, attempt: 3 });
        expect(lead?.history?.attempts.map(({ attempt, outcome }) => `${attempt} ${outcome}`)).toEqual([
          '1 busy',
          '2 no-answer',
        ]);
        expect(await store.nextDue(claimOf('x', 1, { nowMs: 6000 }))).toBeUndefined();
      });

      test('comes among the others in their order', async () => {
        await leads.add('spring', list(1, 4));
        await leads.settle('spring', await leads.claim(claimOf('a', 2)));
        await leads.schedule('spring', [again(1, 3000), again(2, 2000)]);
        expect(await rows(claimOf('b', 9, { nowMs: 3000 }))).toEqual(['1#2', '2#2', '3#1', '4#1']);
      });

      test('has the time that was told last; told again, nothing changes, in any order with settling', async () => {
        await leads.add('spring', list(1, 1));
        const [claimed] = await leads.claim(claimOf('a', 1));
        await leads.schedule('spring', [again(1, 5000)]);
        await leads.schedule('spring', [again(1, 5000), again(1, 4000)]);
        await leads.settle('spring', [claimed as NonNullable<typeof claimed>]);
        await leads.schedule('spring', [again(1, 4000)]);
        expect(await rows(claimOf('b', 9, { nowMs: 4000, leaseMs: 100_000 }))).toEqual(['1#2']);
        // What is told of the first attempt is too late by now.
        await leads.schedule('spring', [again(1, 4500)]);
        await leads.settle('spring', [{ row: 1, attempt: 1 }]);
        expect(await rows(claimOf('c', 9, { nowMs: 5000 }))).toEqual([]);
        await leads.settle('spring', [{ row: 1, attempt: 2 }]);
        expect(await rows(claimOf('d', 9, { nowMs: 900_000 }))).toEqual([]);
      });

      test('keeps its times and what nobody was dialed for', async () => {
        await leads.add('spring', list(1, 1));
        await leads.claim(claimOf('a', 1));
        const { past: _, ...refused } = again(1, 2000);
        await leads.schedule('spring', [refused]);
        expect(await leads.claim(claimOf('b', 1, { nowMs: 2000 }))).toMatchObject([{ attempt: 2 }]);
        await leads.schedule('spring', [again(1, 3000, { attempt: 2 })]);
        const [lead] = await leads.claim(claimOf('c', 1, { nowMs: 3000 }));
        expect(lead?.history?.attempts.map(({ attempt }) => attempt)).toEqual([2]);
      });

      test('and that nobody has is passed over', async () => {
        await leads.add('spring', list(1, 1));
        await leads.schedule('spring', [again(1, 2000), again(77, 2000)]);
        expect(await rows(claimOf('a', 9, { nowMs: 5000 }))).toEqual(['1#1']);
      });
    });

    describe('a callback', () => {
      test('comes first once it is due, the longest due before the others', async () => {
        await leads.add('spring', [{ ...lead(1), priority: 9 }, ...list(2, 5)]);
        await leads.settle('spring', await leads.claim(claimOf('a', 4)));
        await leads.schedule('spring', [
          again(3, 3000, { callback: true }),
          again(2, 4000, { callback: true }),
          again(1, 2000),
        ]);
        expect(await leads.nextDue(claimOf('x', 1))).toBe(2000);
        expect(await rows(claimOf('b', 2, { nowMs: 3500, leaseMs: 9000 }))).toEqual(['3#2', '1#2']);
        expect(await leads.claim(claimOf('c', 9, { nowMs: 4000, leaseMs: 9000 }))).toMatchObject([
          { row: 2, callbackAtMs: 4000 },
          { row: 5 },
        ]);
      });

      test('of an agent is for that agent, and for anyone after a while', async () => {
        await leads.add('spring', list(1, 3));
        await leads.settle('spring', await leads.claim(claimOf('a', 3)));
        const owner = (agentId: string) => ({ owner: { agentId, anyoneAtMs: 5000 } });
        await leads.schedule('spring', [
          again(1, 3000, { callback: true, ...owner('ann') }),
          again(2, 3000, { callback: true, ...owner('bob') }),
        ]);
        expect(await leads.nextDue(claimOf('x', 1))).toBe(3000);
        expect(await rows(claimOf('b', 9, { nowMs: 2999, agents: ['ann', 'bob'] }))).toEqual([]);
        expect(await rows(claimOf('c', 9, { nowMs: 3000, agents: ['eve'] }))).toEqual([]);
        expect(await leads.nextDue(claimOf('x', 1, { nowMs: 3000 }))).toBe(5000);
        expect(await leads.claim(claimOf('d', 9, { nowMs: 3000, agents: ['ann'], leaseMs: 9000 }))).toMatchObject([
          { row: 1, agentId: 'ann', callbackAtMs: 3000 },
        ]);
        expect(await leads.claim(claimOf('e', 9, { nowMs: 5000 }))).toMatchObject([{ row: 2, agentId: 'bob' }]);
      });

      test('stays one when its lease ends before its attempt has begun', async () => {
        await leads.add('spring', list(1, 2));
        await leads.settle('spring', await leads.claim(claimOf('a', 1)));
        await leads.schedule('spring', [again(1, 2000, { callback: true })]);
        expect(await rows(claimOf('b', 1, { nowMs: 2000, leaseMs: 10 }))).toEqual(['1#2']);
        expect(await leads.claim(claimOf('c', 1, { nowMs: 2010 }))).toMatchObject([
          { row: 1, attempt: 3, callbackAtMs: 2000 },
        ]);
      });
    });

    describe('a lead for humans only', () => {
      test('is given to claims that have one, before those that anyone may have', async () => {
        await leads.add('spring', list(1, 3));
        await leads.settle('spring', await leads.claim(claimOf('a', 2)));
        await leads.schedule('spring', [again(2, 2000, { humanOnly: true })]);
        expect(await rows(claimOf('b', 1, { nowMs: 2000 }))).toEqual(['3#1']);
        expect(await leads.nextDue(claimOf('x', 1, { nowMs: 1500 }))).toBeUndefined();
        expect(await leads.nextDue(claimOf('x', 1, { nowMs: 1500, human: true }))).toBe(2000);
        expect(await leads.claim(claimOf('c', 9, { nowMs: 2000, human: true }))).toMatchObject([
          { row: 2, attempt: 2, humanOnly: true },
        ]);
      });
    });

    describe('the reading of a list', () => {
      const progress = { row: 1000, leadsBefore: 60, refused: 40 };

      test('goes on where it came to', async () => {
        expect(await leads.progress('spring', 'one')).toBeUndefined();
        await leads.keepProgress('spring', 'one', { ...progress, row: 500 });
        await leads.keepProgress('spring', 'one', progress);
        const store = await under.reopen();
        expect(await store.progress('spring', 'one')).toEqual(progress);
        expect(await store.progress('spring', 'other')).toBeUndefined();
        expect(await store.progress('autumn', 'one')).toBeUndefined();
      });

      test('has an end, until it is begun again', async () => {
        await leads.keepProgress('spring', 'one', { ...progress, rows: 1001 });
        expect(await leads.progress('spring', 'one')).toEqual({ ...progress, rows: 1001 });
        await leads.keepProgress('spring', 'one', progress);
        expect(await leads.progress('spring', 'one')).toEqual(progress);
      });

      test('is begun anew for another list', async () => {
        await leads.keepProgress('spring', 'one', progress);
        await leads.keepProgress('spring', 'other', { ...progress, row: 7 });
        expect(await leads.progress('spring', 'one')).toBeUndefined();
      });
    });
  });
}
