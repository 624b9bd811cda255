/**
 * What a profile may say. A profile is a file of rules that people write and read: durations are words such as 30 d,
 * and each rule names its source. What is parsed are the rules as the protocol has them.
 */
import { z } from 'zod';
import type { Limit, Rule } from '#proto/generated/law.ts';
import { longestWindowMs } from './ledger.ts';
import { isZone, minutesOf } from './local-time.ts';

const unitsMs = { ms: 1, s: 1000, min: 60_000, h: 3_600_000, d: 86_400_000 } as const;
/** Contacts do not remember more attempts than that. */
const mostAttempts = 500;

/** A length such as 15 s, 72 h or 30 d, in milliseconds. */
export const duration = z
  .string()
  .regex(/^\d+ (ms|s|min|h|d)$/, 'must be a length of time such as 15 s, 30 min, 72 h or 7 d')
  .transform((text) => {
    const [number, unit = 'ms'] = text.split(' ');
    return Number(number) * unitsMs[unit as keyof typeof unitsMs];
  });
const remembered = duration.refine((ms) => ms > 0 && ms <= longestWindowMs, 'must be at most 31 d and above nothing');
const zone = z.string().refine(isZone, 'must be an IANA time zone such as Asia/Shanghai');
const time = z.string().refine((text) => minutesOf(text) !== undefined, 'must be a time such as 08:00');
const day = z.enum(['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun']);
const date = z.string().regex(/^(\d{4}-)?(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])$/, 'must be YYYY-MM-DD, or MM-DD');
const scope = z.enum(['contact', 'campaign', 'debt']);

const openHours = z
  .strictObject({ days: z.array(day).nonempty(), from: time, to: time })
  .refine(({ from, to }) => (minutesOf(from) ?? 0) < (minutesOf(to) ?? 0), {
    path: ['to'],
    error: 'must be later than from',
  });

const limit = z.discriminatedUnion('type', [
  z
    .strictObject({
      type: z.literal('AbandonWindow'),
      /** 0 to 1. */
      most: z.number().min(0).max(1),
      window: duration.refine((ms) => ms > 0 && ms < 2 ** 32, 'must be between nothing and 49 d').optional(),
      /** Each day there, from midnight to midnight, instead of a window. */
      dayOf: zone.optional(),
    })
    .refine(({ window, dayOf }) => (window === undefined) !== (dayOf === undefined), {
      error: 'must have either window or dayOf',
    })
    .transform(({ type, most, window = 0, dayOf = '' }) => ({ type, most, windowMs: window, zone: dayOf })),
  z
    .strictObject({ type: z.literal('CallingHours'), open: z.array(openHours).nonempty(), margin: duration })
    .transform(({ type, open, margin }) => ({ type, open, marginMs: margin })),
  z.strictObject({ type: z.literal('Holidays'), dates: z.array(date).nonempty() }),
  z
    .strictObject({
      type: z.literal('Attempts'),
      most: z.number().int().min(1).max(mostAttempts),
      window: remembered,
      per: scope,
    })
    .transform(({ type, most, window, per }) => ({ type, most, windowMs: window, per })),
  z
    .strictObject({ type: z.literal('AfterConversation'), wait: remembered, per: scope })
    .transform(({ type, wait, per }) => ({ type, waitMs: wait, per })),
  z
    .strictObject({ type: z.literal('AfterAbandon'), wait: remembered })
    .transform(({ type, wait }) => ({ type, waitMs: wait })),
  z.strictObject({
    type: z.literal('Consent'),
    recordedOnly: z.boolean(),
    anyCampaign: z.boolean(),
  }),
  z.strictObject({ type: z.literal('DoNotCall'), lists: z.array(z.string().min(1)).default([]) }),
  z.strictObject({ type: z.literal('CallerIdentity') }),
  z
    .strictObject({ type: z.literal('MinimumRing'), ring: duration })
    .transform(({ type, ring }) => ({ type, ringMs: ring })),
  z
    .strictObject({ type: z.literal('ConnectDeadline'), wait: duration })
    .transform(({ type, wait }) => ({ type, waitMs: wait })),
  z.strictObject({ type: z.literal('SafeHarbour'), optOut: z.boolean() }),
]);

const rule = z.strictObject({
  /** PROFILE.NAME: what a refusal names. */
  id: z.string().regex(/^[a-z0-9-]+\.[a-z0-9-]+$/, 'must be PROFILE.NAME in small letters, digits and hyphens'),
  source: z.strictObject({
    citation: z.string().min(1),
    url: z.url({ protocol: /^https$/, error: 'must be an https address' }),
    /** Where a value is not the source's own. */
    note: z.string().default(''),
  }),
  limit,
});

/** A profile as it stands in its file. */
export const profileSchema = z
  .strictObject({
    profile: z.string().regex(/^[a-z0-9-]{1,60}$/, 'must be small letters, digits and hyphens'),
    title: z.string().min(1),
    rules: z.array(rule).nonempty(),
  })
  .superRefine(({ profile, rules }, context) => {
    const seen = new Set<string>();
    for (const [index, { id }] of rules.entries()) {
      const path = ['rules', index, 'id'];
      if (!id.startsWith(`${profile}.`))
        context.addIssue({ code: 'custom', path, message: `must begin with ${profile}.` });
      if (seen.has(id)) context.addIssue({ code: 'custom', path, message: 'must be of one rule only' });
      seen.add(id);
    }
  });

export type ProfileFile = z.output<typeof profileSchema>;

/** The rules as the protocol has them. */
export function rulesOf({ rules }: ProfileFile): readonly Rule[] {
  return rules.map(({ id, source, limit }) => ({ id, source, limit: limit satisfies Limit }));
}
