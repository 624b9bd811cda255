/** Which leads are dialed, in which order and how often, as the command line says it. */
import { canonicalTimezone, readSegment } from '#adapters/csv/list-cells.ts';
import { FatalError } from '#ports/errors.ts';
import type { Outcome } from '#proto/generated/call.ts';
import type { LeadFilter, LeadPolicy, RetryRule } from '#proto/generated/campaign.ts';

export interface LeadPolicyOptions {
  /** Such as busy:5m,no-answer:2h:3. */
  readonly retry?: string;
  /** Such as "language=es,en segment=gold". */
  readonly where?: string;
  readonly order?: string;
  readonly attempts?: number;
  readonly attemptsPerDay?: number;
}

/** Where there are rules and nobody says how often. */
const usualAttempts = 5;

const unitMs = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;
/** What a rule may be for; the campaign refuses the others. */
const outcomes: readonly Outcome[] = ['busy', 'no-answer', 'rejected', 'unreachable', 'failed'];
/** Most that 32 bits of a rule hold is 49 days. */
const longestMs = 30 * unitMs.d;

/**
 * The policy; undefined where no option is given: all leads once, in the order of the list.
 * @throws CONFIG_INVALID with what to write instead.
 */
export function leadPolicyOf(options: LeadPolicyOptions): LeadPolicy | undefined {
  const { retry, where, order, attempts, attemptsPerDay } = options;
  if ([retry, where, order, attempts, attemptsPerDay].every((option) => option === undefined)) return undefined;
  if (order !== undefined && order !== 'list' && order !== 'newest') {
    throw invalid('--order takes list or newest: write one of them.');
  }
  return {
    order: order ?? 'list',
    retry: retry === undefined ? [] : rulesOf(retry),
    maxAttempts: attempts ?? (retry === undefined ? 1 : usualAttempts),
    maxAttemptsPerDay: attemptsPerDay ?? 0,
    ...(where === undefined ? {} : { where: filterOf(where) }),
  };
}

function rulesOf(text: string): RetryRule[] {
  return text.split(',').map((each) => {
    const [, name, count = '', unit, most = '0'] = /^([a-z-]+):(\d+)([smhd])(?::([1-9]\d*))?$/.exec(each.trim()) ?? [];
    const outcome = outcomes.find((known) => known === name);
    const afterMs = Number(count) * (unitMs[unit as keyof typeof unitMs] ?? 0);
    if (outcome && afterMs > 0 && afterMs <= longestMs) return { outcome, afterMs, max: Number(most) };
    throw invalid(
      `--retry has a rule that is none: write OUTCOME:TIME or OUTCOME:TIME:TIMES with commas between, such as busy:5m,no-answer:2h:3; an outcome is one of ${outcomes.join(', ')}, and a time is at most 30d.`,
    );
  });
}

type Kind = keyof LeadFilter;

/** Kinds of a filter as they are written, and what a value of each must be. */
const kinds: Readonly<Record<string, readonly [kind: Kind, read: (value: string) => string | undefined]>> = {
  language: ['languages', (value) => (/^[A-Za-z]{1,8}(-[A-Za-z0-9]{1,8})*$/.test(value) ? value : undefined)],
  timezone: ['timezones', (value) => canonicalTimezone(value) || undefined],
  segment: ['segments', (value) => readSegment(value) || undefined],
};

function filterOf(text: string): LeadFilter {
  const filter: Record<Kind, string[]> = { languages: [], timezones: [], segments: [] };
  for (const part of text.trim().split(/\s+(?=[a-z]+=)/)) {
    const [, name = '', values = ''] = /^([a-z]+)=(.+)$/.exec(part) ?? [];
    const [kind, read] = kinds[name] ?? [];
    for (const value of values.split(',')) {
      const known = read?.(value.trim());
      if (!kind || known === undefined) {
        throw invalid(
          '--where takes KIND=VALUE,VALUE with spaces between kinds, such as "language=es,en timezone=America/Chicago segment=gold": write it so, with languages of BCP 47, IANA time zones and words of the column segment.',
        );
      }
      filter[kind].push(known);
    }
  }
  return filter;
}

function invalid(sentence: string): FatalError {
  return new FatalError('CONFIG_INVALID', sentence);
}
