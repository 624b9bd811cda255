/** Which calls a node may dial. A command dials its own campaign only, and not before it has looked at the trunk. */
import { campaignIdOf } from '#actors/campaign/state.ts';

export interface DialGate {
  readonly mayDial: (callId: string) => boolean;
  /** From now on the calls of one campaign may be dialed. */
  open(campaignId: string): void;
  /** One call of the campaign, whichever asks first: to see whether the carrier takes it. */
  openForOne(campaignId: string): void;
  /** No call is dialed any more; those that are dialed go on. */
  shut(): void;
}

/** Lets every call through: for a node that nobody steers at a command line. */
export function openGate(): DialGate {
  return gateWith(() => true);
}

/** Lets none through until it is opened. */
export function shutGate(): DialGate {
  return gateWith(() => false);
}

function gateWith(first: (callId: string) => boolean): DialGate {
  let lets = first;
  return {
    mayDial: (callId) => lets(callId),
    open(campaignId) {
      lets = (callId) => campaignIdOf(callId) === campaignId;
    },
    openForOne(campaignId) {
      let chosen: string | undefined;
      lets = (callId) => {
        if (campaignIdOf(callId) === campaignId) chosen ??= callId;
        return callId === chosen;
      };
    },
    shut() {
      lets = () => false;
    },
  };
}
