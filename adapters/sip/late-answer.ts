/**
 * A 2xx to an INVITE that we wait for no longer: its CANCEL was never honored, and somebody picked up after the
 * attempt had ended here. Left alone, the callee sits in a silent call that the carrier bills.
 */
import { type IncomingResponseMessage, NameAddrHeader, type OutgoingRequestMessage } from 'sip.js/lib/core/index.js';
import type { SipCore } from './sip-core.ts';

/**
 * ACK, for the answer is repeated until it comes, and BYE (RFC 3261, 13.2.2.4). The dialog lives in these two
 * requests only.
 */
export function endLateAnswer(core: SipCore, answer: IncomingResponseMessage): void {
  core.sendAck(inDialog(core, answer, 'ACK', answer.cseq));
  if (!isEnding(core, answer)) core.agent.request(inDialog(core, answer, 'BYE', answer.cseq + 1));
}

/** A repeated answer finds our BYE on its way: its own transaction repeats that. */
function isEnding(core: SipCore, { callId, toTag }: IncomingResponseMessage): boolean {
  for (const { message } of core.agent.userAgentClients.values()) {
    if (message.method === 'BYE' && message.callId === callId && message.toTag === toTag) return true;
  }
  return false;
}

/** A request of the caller in the dialog that `answer` opened (RFC 3261, 12.1.2 and 12.2.1.1). */
function inDialog(
  core: SipCore,
  answer: IncomingResponseMessage,
  method: 'ACK' | 'BYE',
  cseq: number,
): OutgoingRequestMessage {
  const contact: unknown = answer.parseHeader('contact');
  return core.agent.makeOutgoingRequestMessage(
    method,
    contact instanceof NameAddrHeader ? contact.uri : answer.to.uri,
    answer.from.uri,
    answer.to.uri,
    {
      callId: answer.callId,
      fromTag: answer.fromTag,
      toTag: answer.toTag,
      cseq,
      routeSet: answer.getHeaders('record-route').reverse(),
    },
    [],
  );
}
