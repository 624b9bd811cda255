/** Which calls a node may dial. A command dials its own campaign only, and not before it has looked at the trunk. */
import type { Gate } from '#actors/call/route-search.ts';
import { attemptOf } from '#proto/call-name.ts';

export interface DialGate extends Gate {
  /** From now on the calls of one campaign may be dialed. */
  open(campaignId: string): void;
  /** One call of the campaign, whichever asks first: to see whether the carrier takes it. */
  openForOne(campaignId: string): void;
  /** No more calls are dialed; those that wait go on waiting. */
  shut(): void;
  /** Sends away who waits: the next start of a node goes on with them. */
  close(): void;
}

/** Lets every call through: for a node that nobody steers at a command line. */
export function openGate(): DialGate {
  return gateWith(() => true);
}

/** Lets none through until it is opened. */
export function shutGate(): DialGate {
  return gateWith(() => false);
}

type Rule = (callId: string) => boolean;

interface Waiting {
  readonly callId: string;
  readonly resolve: (admitted: boolean) => void;
}

function gateWith(first: Rule): DialGate {
  let lets = first;
  const closing = new AbortController();
  const waiting = new Set<Waiting>();
  const rule = (next: Rule) => {
    lets = next;
    for (const each of waiting) {
      if (lets(each.callId) && waiting.delete(each)) each.resolve(true);
    }
  };
  return {
    closed: closing.signal,
    admits: (callId) => !closing.signal.aborted && lets(callId),
    admit(callId) {
      if (closing.signal.aborted) return Promise.resolve(false);
      if (lets(callId)) return Promise.resolve(true);
      return new Promise((resolve) => waiting.add({ callId, resolve }));
    },
    open: (campaignId) => rule((callId) => attemptOf(callId)?.campaignId === campaignId),
    openForOne(campaignId) {
      let chosen: string | undefined;
      rule((callId) => {
        if (attemptOf(callId)?.campaignId === campaignId) chosen ??= callId;
        return callId === chosen;
      });
    },
    shut: () => rule(() => false),
    close() {
      closing.abort();
      for (const { resolve } of waiting) resolve(false);
      waiting.clear();
    },
  };
}
