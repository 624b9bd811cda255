/**
 * The phones that this node holds: for each agent on a shift one call that stays up, and its leg in the media port, so
 * that a customer is one bridge away. What the network says of it goes to the agent as commands.
 */
import { codeOf } from '#ports/errors.ts';
import type { Media } from '#ports/media.ts';
import type { Telephony, TelephonyEvent } from '#ports/telephony.ts';
import type { AgentCommand } from '#proto/generated/agent.ts';

export interface PhonePorts {
  readonly telephony: Pick<Telephony, 'dial' | 'hangUp'>;
  readonly media: Pick<Media, 'open' | 'connect' | 'close'>;
  /** Name of this node. */
  readonly nodeId: string;
}

/** Tells the agent; `key` makes sure that it hears each thing once. */
export type TellAgent = (command: AgentCommand, key: string) => void;

export interface Phones {
  /** Whether this node holds the leg. After a crash it does not. */
  holds(legId: string): boolean;
  /** Rings the phone; idempotent by `legId`. */
  dial(legId: string, uri: string, tell: TellAgent): Promise<void>;
  /** Hangs up; a leg that nobody holds is no error. */
  drop(legId: string): Promise<void>;
}

/** An agent who signs in has the phone at hand. */
const ringTimeoutMs = 30_000;
/** Three reports of RTCP that do not come (RFC 3550, 6.2: every 5 s): the phone is gone without a word. */
const silenceMs = 20_000;

export function createPhones({ telephony, media, nodeId }: PhonePorts): Phones {
  const held = new Set<string>();

  async function letGo(legId: string): Promise<boolean> {
    if (!held.delete(legId)) return false;
    await media.close(legId);
    return true;
  }

  async function hear(legId: string, event: TelephonyEvent, tell: TellAgent): Promise<void> {
    switch (event.type) {
      case 'answered':
        await media.connect(legId, event.media);
        return tell({ type: 'ReportPhoneAnswer', legId, nodeId }, `answered:${legId}`);
      case 'media-changed':
        return media.connect(legId, event.media);
      case 'failed':
      case 'hung-up': {
        const reason = event.type === 'failed' ? `the phone did not answer (${event.cause})` : 'the phone hung up';
        if (await letGo(legId)) tell({ type: 'ReportPhoneGone', legId, reason }, `gone:${legId}`);
        return;
      }
      default:
        return;
    }
  }

  return {
    holds: (legId) => held.has(legId),

    async dial(legId, uri, tell) {
      if (held.has(legId)) return;
      held.add(legId);
      let inOrder = Promise.resolve();
      const gone = async (reason: string): Promise<void> => {
        await telephony.hangUp(legId);
        if (await letGo(legId)) tell({ type: 'ReportPhoneGone', legId, reason }, `gone:${legId}`);
      };
      try {
        const local = await media.open(legId, { silenceMs }, (event) => {
          if (event.type === 'silence') void gone('the phone is not heard any more');
          if (event.type === 'lost') void gone('the media of the phone was lost');
        });
        if (!held.has(legId)) {
          // The shift ended meanwhile, before there was a leg to close.
          await media.close(legId);
          return;
        }
        await telephony.dial({ callId: legId, uri, media: local, ringTimeoutMs }, (event) => {
          inOrder = inOrder.then(() => hear(legId, event, tell));
        });
      } catch (error) {
        if (await letGo(legId))
          tell({ type: 'ReportPhoneGone', legId, reason: 'the phone could not be dialed' }, `gone:${legId}`);
        // Its agent is offline now: who tried again would ring a phone that nobody waits for.
        if (!codeOf(error)) throw error;
      }
    },

    async drop(legId) {
      // The network's word that it is over comes too late then: nobody holds the leg any more.
      if (!(await letGo(legId))) return;
      await telephony.hangUp(legId);
    },
  };
}
