/** What every store of leads keeps of its port, sentence by sentence. Call it from a test file beside the adapter. */
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { Claim, Leads, NewLead } from './leads.ts';

/** A store of leads to be tested, over data of its own. */
export interface LeadsUnderTest {
  readonly leads: Leads;
  /** Closes the store and opens another one over the same data. */
  reopen(): Promise<Leads>;
  /** Closes what is open and forgets the data. */
  dispose(): Promise<void>;
}

function lead(row: number, contactId = `contact-${row}`): NewLead {
  return { row, contactId, mask: `+86 138 **** 00${row}`, timezone: 'Asia/Shanghai', language: 'zh-CN' };
}

const list = (from: number, to: number): NewLead[] =>
  Array.from({ length: to - from + 1 }, (_, index) => lead(from + index));

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
        expect(await leads.add('spring', list(1, 3))).toEqual({ added: 3, known: [], taken: [] });
        expect(await leads.add('autumn', list(1, 2))).toEqual({ added: 2, known: [], taken: [] });
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
        });
        expect(await leads.counts('spring')).toEqual({ leads: 3, open: 3, refused: 0 });
      });

      test('has one lead for each row: another contact on the same row is not added', async () => {
        await leads.add('spring', list(1, 2));
        expect(await leads.add('spring', [lead(2, 'somebody')])).toEqual({
          added: 0,
          known: [],
          taken: [lead(2, 'somebody')],
        });
        expect(await rows(claimOf('a', 10))).toEqual(['1#1', '2#1']);
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
        expect(await leads.claim(claimOf('a', 2))).toEqual([
          { row: 4, contactId: 'contact-4', mask: lead(4).mask, attempt: 1 },
          { row: 30, contactId: 'contact-30', mask: lead(30).mask, attempt: 1 },
        ]);
        expect(await rows(claimOf('b', 2))).toEqual(['100#1']);
        expect(await rows(claimOf('c', 2))).toEqual([]);
        expect(await leads.counts('spring')).toEqual({ leads: 3, open: 0, refused: 0 });
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
    });
  });
}
