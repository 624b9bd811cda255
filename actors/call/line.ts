/**
 * The lines that this node holds: for each live call its leg in the telephony port and its leg in the media port,
 * brought together. What they say goes to the call as commands, in the order in which it happened.
 */
import type { Clock } from '#ports/clock.ts';
import { codeOf, isRetryable } from '#ports/errors.ts';
import type { Media, MediaListener, MediaReport } from '#ports/media.ts';
import type { FailureCause, Telephony, TelephonyEvent } from '#ports/telephony.ts';
import type { Vault } from '#ports/vault.ts';
import type { CallCommand, CallRequested, MediaSummary, Outcome } from '#proto/generated/call.ts';
import { patiently } from './patience.ts';

export interface LinePorts {
  readonly telephony: Pick<Telephony, 'dial' | 'hangUp'>;
  readonly media: Pick<Media, 'open' | 'connect' | 'play' | 'stopPlaying' | 'close'>;
  readonly vault: Pick<Vault, 'read'>;
  readonly clock: Clock;
  /** Folder that the path of a recording starts from. */
  readonly dataFolder: string;
}

/** Tells the call; `key` makes sure that it hears each thing once. */
export type TellCall = (command: CallCommand, key: string) => void;

export interface Lines {
  /** Whether this node holds the call. After a crash it does not. */
  holds(callId: string): boolean;
  /** `ageMs`: how long ago the call decided to dial. */
  dial(callId: string, request: Omit<CallRequested, 'atMs'>, tell: TellCall, ageMs: () => number): Promise<void>;
  play(callId: string, prompt: string): Promise<void>;
  stopPlaying(callId: string): Promise<void>;
  hangUp(callId: string): Promise<void>;
  /** Closes the media and says what it heard. */
  close(callId: string): Promise<MediaSummary>;
}

/**
 * A decision to dial that is older is not carried out: this process stood still meanwhile, or the vault did. Others hold
 * a node for lost after 3 s and declare its calls unknown; a phone that rings after that rings for nobody, and perhaps
 * beside the next attempt. Not to dial is always right for at-most-once, and as nothing rang, `failed` is the truth.
 * That there is never a second INVITE does not rest on this: one commit says CallDialed, and only who wrote it dials.
 */
const staleAfterMs = 5000;

const endedBefore = {
  ...{ type: 'ReportFailure', outcome: 'canceled', sipStatus: 0 },
  reason: 'ended before it was dialed',
} as const satisfies CallCommand;
const unread = 'the number could not be read and nothing was dialed';

const outcomes: Record<FailureCause, Outcome> = {
  busy: 'busy',
  'no-answer': 'no-answer',
  rejected: 'rejected',
  unreachable: 'unreachable',
  failed: 'failed',
  canceled: 'canceled',
};

interface Held {
  /** Path of the recording; '' where the call is not recorded. */
  readonly recording: string;
  /** The telephony port knows of the call. */
  dialed: boolean;
  /** Somebody wants it to end, perhaps before it was dialed. */
  unwanted: boolean;
}

export function createLines({ telephony, media, vault, clock, dataFolder }: LinePorts): Lines {
  const held = new Map<string, Held>();

  async function hear(callId: string, event: TelephonyEvent, tell: TellCall): Promise<void> {
    switch (event.type) {
      case 'ringing':
        return tell({ type: 'ReportRinging', sipStatus: event.sipStatus }, 'ringing');
      case 'answered':
        await media.connect(callId, event.media);
        return tell({ type: 'ReportAnswer', sipStatus: event.sipStatus }, 'answered');
      case 'media-changed':
        return media.connect(callId, event.media);
      case 'failed': {
        const { cause, sipStatus, reason } = event;
        return tell({ type: 'ReportFailure', outcome: outcomes[cause], sipStatus, reason }, 'over');
      }
      case 'hung-up': {
        const by = event.by === 'us' ? 'callboard' : 'callee';
        return tell({ type: 'ReportHangup', by, reason: event.reason }, 'over');
      }
    }
  }

  return {
    holds: (callId) => held.has(callId),

    async dial(callId, request, tell, ageMs) {
      if (held.has(callId)) return;
      const recording = request.plan.record ? `recordings/${request.campaignId}/${callId}.wav` : '';
      const line: Held = { recording, dialed: false, unwanted: false };
      held.set(callId, line);
      const { silenceTimeoutMs } = request.plan;
      let digits = 0;
      let silences = 0;
      let inOrder = Promise.resolve();
      // Who keeps the contact may be moving to another node: as nothing rang yet, the lead need not be lost for it.
      const mayTry = (waitMs: number) =>
        held.get(callId) === line && !line.unwanted && ageMs() + waitMs <= staleAfterMs;
      let number: string | undefined;
      try {
        const purpose = { purpose: 'dial', by: `call/${callId}` } as const;
        ({ number } = await patiently(clock, mayTry, () => vault.read(request.contactId, purpose)));
        const options = {
          ...(recording ? { recording: `${dataFolder}/${recording}` } : {}),
          ...(silenceTimeoutMs ? { silenceMs: silenceTimeoutMs } : {}),
        };
        const listen: MediaListener = (event) => {
          if (event.type === 'digit') tell({ type: 'ReportDigit', digit: event.digit }, `digit:${++digits}`);
          if (event.type === 'prompt-ended') {
            tell({ type: 'ReportPromptEnd', completed: event.completed }, 'prompt-ended');
          }
          if (event.type === 'silence') {
            tell({ type: 'ReportSilence', silentMs: event.silentMs }, `silence:${++silences}`);
          }
          if (event.type === 'lost') tell({ type: 'ReportMediaLoss' }, 'media-lost');
        };
        const local = await patiently(clock, mayTry, () => media.open(callId, options, listen));
        if (held.get(callId) !== line) {
          // Closed meanwhile, before there was a leg to close.
          await media.close(callId);
          return;
        }
        if (line.unwanted || ageMs() > staleAfterMs) {
          const reason = 'the node stood still before it dialed';
          tell(
            line.unwanted ? endedBefore : { type: 'ReportFailure', outcome: 'failed', sipStatus: 0, reason },
            'over',
          );
          return;
        }
        line.dialed = true;
        const { trunkId, plan } = request;
        await telephony.dial({ callId, trunkId, number, media: local, ringTimeoutMs: plan.ringTimeoutMs }, (event) => {
          inOrder = inOrder.then(() => hear(callId, event, tell));
        });
      } catch (error) {
        // Closed meanwhile: whoever closed it has said how it ended.
        if (held.get(callId) !== line) return;
        const code = codeOf(error);
        const isUnread = number === undefined && isRetryable(error);
        const reason = isUnread ? `${unread} (${code})` : (code ?? 'the call could not be placed');
        const isCanceled = line.unwanted && !line.dialed;
        if (isCanceled) tell(endedBefore, 'over');
        else tell({ type: 'ReportFailure', outcome: 'failed', sipStatus: 0, reason }, 'over');
        if (!code) throw error;
      }
    },

    play: (callId, prompt) => media.play(callId, 'prompt', prompt),

    stopPlaying: (callId) => media.stopPlaying(callId),

    async hangUp(callId) {
      const line = held.get(callId);
      if (!line) return;
      line.unwanted = true;
      if (line.dialed) await telephony.hangUp(callId);
    },

    async close(callId) {
      const report = await media.close(callId);
      const recording = held.get(callId)?.recording ?? '';
      held.delete(callId);
      return summary(report, recording);
    },
  };
}

function summary(report: MediaReport, recording: string): MediaSummary {
  const { packetsSent, packetsReceived, packetsLost, jitterMs, recordedMs, recordingError } = report;
  const { remoteFractionLost, remoteJitterMs, roundTripMs } = report;
  return {
    ...{ packetsSent, packetsReceived, packetsLost, jitterMs, recordedMs },
    recording: report.recording === undefined ? '' : recording,
    ...(remoteFractionLost === undefined ? {} : { remoteFractionLost }),
    ...(remoteJitterMs === undefined ? {} : { remoteJitterMs }),
    ...(roundTripMs === undefined ? {} : { roundTripMs }),
    ...(recordingError ? { recordingError: recordingError.code } : {}),
  };
}
