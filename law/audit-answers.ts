/** Of those who answered: who found an agent in time, and what the others heard. */
import type { AbandonWindow, SafeHarbour } from '#proto/generated/law.ts';
import { exceeds, windowOf } from './abandon-limits.ts';
import type { AuditedCall, EventRef } from './audit-record.ts';
import type { Audited, Breach, DialedCall, Finding } from './audit-rules.ts';
import { writtenTime } from './local-time.ts';

/** What a busy machine may be late by, and clocks of nodes may differ: so much more than a rule's time is not found. */
const allowanceMs = 250;

type Answer = DialedCall & { readonly answered: EventRef };

/** Calls that are for agents, and were answered. */
function answersOf(dialed: readonly DialedCall[]): readonly Answer[] {
  return dialed.filter((call): call is Answer => call.plan.needsAgent === true && call.answered !== undefined);
}

/** A machine's answer is no live one; but whoever was abandoned is not known to have been a machine. */
function isLive({ byMachine, abandoned }: Answer): boolean {
  return abandoned !== undefined || !byMachine;
}

/** When an answer that is for an agent was abandoned, as the call says; or cut off by a crash before one was heard. */
export function abandonedIn({ plan, answered, connected, abandoned, ended }: AuditedCall): EventRef | undefined {
  if (abandoned) return abandoned;
  return plan.needsAgent && answered && !connected && ended?.outcome === 'unknown' ? ended : undefined;
}

/** So too where no agent was heard in time while the callee was there, whatever the call says. */
function abandonedOf(answer: Answer, deadlineMs: number): EventRef | undefined {
  const { answered, connected, ended } = answer;
  const abandoned = abandonedIn(answer);
  if (abandoned) return abandoned;
  const dueMs = answered.atMs + deadlineMs;
  if (connected) return connected.atMs > dueMs ? connected : undefined;
  return ended && ended.atMs > dueMs + allowanceMs ? ended : undefined;
}

interface Window {
  readonly name: string;
  readonly firstMs: number;
  /** Something in it happened under the law that is looked at. */
  isUnder: boolean;
  answered: number;
  abandoned: number;
  /** The event that took it over its limit, where it stayed over it. */
  breach?: EventRef;
}

/**
 * A window goes on when the campaign is given another law: all its answers count, and each that is abandoned is looked at by
 * the limit of the law that it was dialed under.
 */
export function abandonWindows(limit: AbandonWindow, audited: Audited): Finding {
  const { record, dialed, own, deadlineOf } = audited;
  const under = new Set<DialedCall>(dialed);
  const windows = new Map<string, Window>();
  const happened = answersOf(own)
    .filter(isLive)
    .flatMap((answer) => {
      const abandoned = abandonedOf(answer, deadlineOf(answer));
      const isUnder = under.has(answer);
      return [
        { ref: answer.answered, is: 'answered' as const, isUnder },
        ...(abandoned ? [{ ref: abandoned, is: 'abandoned' as const, isUnder }] : []),
      ];
    });
  happened.sort((one, other) => one.ref.atMs - other.ref.atMs);
  for (const { ref, is, isUnder } of happened) {
    const name = windowOf(limit, record.beganAtMs, ref.atMs);
    const window = windows.get(name) ?? { name, firstMs: ref.atMs, isUnder: false, answered: 0, abandoned: 0 };
    windows.set(name, window);
    window[is] += 1;
    window.isUnder ||= isUnder;
    if (!exceeds(limit.most, window.answered, window.abandoned)) delete window.breach;
    else if (isUnder && is === 'abandoned') window.breach ??= ref;
  }
  const all = [...windows.values()].filter((window) => window.isUnder);
  const worst = all.reduce<Window | undefined>(
    (most, each) => (most && rate(most) >= rate(each) ? most : each),
    undefined,
  );
  const breaches = all.flatMap((window): Breach[] => {
    return window.breach ? [{ event: window.breach, why: `the window has ${shareOf(window, limit.most)}` }] : [];
  });
  return { checked: all.length, ...(worst ? { worst: shareOf(worst, limit.most) } : {}), breaches };
}

function rate({ answered, abandoned }: Window): number {
  return abandoned / Math.max(1, answered);
}

function shareOf(window: Window, most: number): string {
  const from = `${writtenTime('UTC', window.firstMs)} UTC`;
  const { answered, abandoned } = window;
  return `${abandoned} of ${answered} answers abandoned, ${percent(rate(window))} of at most ${percent(most)}, from ${from}`;
}

function percent(share: number): string {
  return `${(share * 100).toFixed(2)} %`;
}

/** An agent in time, or the message without delay. */
export function connected({ waitMs }: { readonly waitMs: number }, audited: Audited): Finding {
  let longest = 0;
  const answers = answersOf(audited.dialed);
  const breaches = answers.flatMap((answer): Breach[] => {
    const { answered, connected: agent, abandoned, ended } = answer;
    const servedMs = (agent ?? abandoned ?? ended)?.atMs;
    if (servedMs === undefined || ended?.outcome === 'unknown') return [];
    const waited = servedMs - answered.atMs;
    longest = Math.max(longest, waited);
    if (waited <= waitMs + allowanceMs) return [];
    return [
      {
        event: agent ?? abandoned ?? answered,
        why: `nobody and nothing was heard for ${(waited / 1000).toFixed(1)} s`,
      },
    ];
  });
  const worst =
    answers.length === 0 ? {} : { worst: `${(longest / 1000).toFixed(1)} s, where it must be ${waitMs / 1000} s` };
  return { checked: answers.length, ...worst, breaches };
}

/** Whoever was abandoned heard the message, or did not stay for it. */
export function heardMessage({ optOut }: SafeHarbour, audited: Audited): Finding {
  const abandoned = answersOf(audited.dialed).filter((answer) => answer.abandoned);
  const breaches = abandoned.flatMap(({ abandoned: event, plan, prompt, leftByCallee, optedOut, ended }): Breach[] => {
    if (!event) return [];
    if (!plan.safeHarbour) return [{ event, why: 'there was no message' }];
    if (optOut && !plan.optOutDigit) return [{ event, why: 'the message offered no digit' }];
    const heard = prompt?.completed || leftByCallee || optedOut || !ended || ended.outcome === 'unknown';
    return heard ? [] : [{ event, why: 'the message was not played to its end' }];
  });
  return { checked: abandoned.length, breaches };
}
