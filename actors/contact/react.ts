/** A contact is a witness; but it asks what became of a call that it permitted, where nobody tells it. */
import { callProtocol } from '#proto/generated/call.ts';
import type { ContactCommand, ContactEvent } from '#proto/generated/contact.ts';
import { clearTimer, type Effect, setTimer, tell } from '#runtime/effects.ts';
import type { ContactState } from './state.ts';

export function react(_state: ContactState, event: ContactEvent): readonly Effect<ContactCommand>[] {
  switch (event.type) {
    case 'PermitGranted': {
      const { callId, untilMs } = event;
      return untilMs === undefined ? [] : [setTimer(timerOf(callId), untilMs, { type: 'DoubtCall', callId })];
    }
    case 'AttemptReleased':
    case 'AttemptOver':
    case 'ConversationRecorded':
    case 'AbandonRecorded':
      return [clearTimer(timerOf(event.callId))];
    case 'CallDoubted': {
      const { callId, atMs } = event;
      return [tell(callProtocol, callId, { type: 'TellContact' }, `doubt:${callId}:${atMs}`)];
    }
    default:
      return [];
  }
}

function timerOf(callId: string): string {
  return `call:${callId}`;
}

export function resume(): readonly Effect<ContactCommand>[] {
  return [];
}

/** Not for a call that is under way either: a timer watches over it. */
export function isWakeful(): boolean {
  return false;
}
