/** SIPp scenarios of a carrier, written as what happens in order instead of as XML. */

const contact = 'Contact: <sip:[local_ip]:[local_port]>';
const inDialogTo = '[last_To:];tag=[pid]SIPpTag[call_number]';

/** What a test says about an answer besides its status. */
export interface ResponseOptions {
  /** More headers, or other ones. */
  readonly headers?: readonly string[];
  readonly sdp?: string;
  /** Tag of another fork. */
  readonly tag?: string;
  /** False leaves Contact out, as some gateways do in 18x. */
  readonly contact?: boolean;
  /** Sends it again until the ACK comes, as RFC 3261, 13.3.1.4 has it for a 2xx, and 17.2.1 for others. */
  readonly retransmit?: boolean;
}

/** Audio as a plain G.711 gateway describes it. */
export function carrierSdp(direction = 'sendrecv', port = 6000): string {
  return [
    'v=0',
    'o=carrier 53655765 2353687637 IN IP4 [local_ip]',
    's=-',
    'c=IN IP4 [media_ip]',
    't=0 0',
    `m=audio ${port} RTP/AVP 0 101`,
    'a=rtpmap:0 PCMU/8000',
    'a=rtpmap:101 telephone-event/8000',
    `a=${direction}`,
  ].join('\n');
}

/** Waits for a request; `branch` goes elsewhere when an optional one comes. */
export function receive(
  request: string,
  options: { readonly optional?: boolean; readonly auth?: boolean } = {},
): string {
  const { optional, auth } = options;
  return `<recv request="${request}"${optional ? ' optional="true"' : ''}${auth ? ' auth="true"' : ''}${request === 'INVITE' ? ' rrs="true"' : ''}/>`;
}

export function receiveStatus(status: number): string {
  return `<recv response="${status}" rrs="true"/>`;
}

/** Answers the last request received. */
export function respond(status: number, phrase: string, options: ResponseOptions = {}): string {
  const { headers = [], sdp, tag, retransmit = false } = options;
  const to = tag === undefined ? inDialogTo : `[last_To:];tag=${tag}`;
  return send(
    [
      `SIP/2.0 ${status} ${phrase}`,
      '[last_Via:]',
      '[last_From:]',
      status === 100 ? '[last_To:]' : to,
      '[last_Call-ID:]',
      '[last_CSeq:]',
      ...(options.contact === false ? [] : [contact]),
      ...headers,
    ],
    sdp,
    retransmit,
  );
}

/** Answers a request within the dialog, whose To has its tag already. */
export function respondInDialog(status: number, phrase: string, headers: readonly string[] = []): string {
  const echoed = ['[last_Via:]', '[last_From:]', '[last_To:]', '[last_Call-ID:]', '[last_CSeq:]'];
  return send([`SIP/2.0 ${status} ${phrase}`, ...echoed, ...headers]);
}

/**
 * A request of the carrier within the dialog that the INVITE opened: From and To change places. `cseq` rises
 * with each.
 */
export function request(
  method: string,
  cseq: number,
  options: { headers?: readonly string[]; sdp?: string; fragment?: string } = {},
): string {
  const { headers = [], sdp, fragment } = options;
  return send(
    [
      `${method} [$caller] SIP/2.0`,
      'Via: SIP/2.0/[transport] [local_ip]:[local_port];branch=[branch]',
      'From:[$us];tag=[pid]SIPpTag[call_number]',
      'To:[$them]',
      '[last_Call-ID:]',
      `CSeq: ${cseq} ${method}`,
      contact,
      'Max-Forwards: 70',
      ...headers,
      ...(fragment === undefined ? [] : ['Content-Type: message/sipfrag;version=2.0']),
    ],
    sdp ?? fragment,
    method !== 'ACK',
    fragment === undefined,
  );
}

/** Tells how the call goes that a REFER asked for (RFC 3515, 2.4.5). */
export function notify(cseq: number, fragment: string, state = 'active;expires=60'): string[] {
  const headers = ['Event: refer', `Subscription-State: ${state}`];
  return [request('NOTIFY', cseq, { headers, fragment }), receiveStatus(200)];
}

/** The INVITE, with what `request` needs later kept aside. */
export function receiveInvite(): string {
  return `<recv request="INVITE" rrs="true"><action>
    <ereg regexp="sip:[^>]*" search_in="hdr" header="Contact:" assign_to="caller"/>
    <ereg regexp=".*" search_in="hdr" header="To:" assign_to="us"/>
    <ereg regexp=".*" search_in="hdr" header="From:" assign_to="them"/>
    <ereg regexp=".*" search_in="hdr" header="Via:" assign_to="via"/>
  </action></recv>`;
}

export function pause(ms: number): string {
  return `<pause milliseconds="${ms}"/>`;
}

/** The steps as a scenario; `variables` of `receiveInvite` may stay unused. */
export function scenario(...steps: readonly string[]): string {
  const kept = steps.some((step) => step.includes('assign_to="caller"'))
    ? '<Reference variables="caller,us,them,via"/>'
    : '';
  return `<?xml version="1.0" encoding="UTF-8" ?>\n<scenario name="carrier">\n${steps.join('\n')}\n${kept}\n</scenario>\n`;
}

function send(head: readonly string[], body?: string, retransmit = false, isSdp = true): string {
  const type = body === undefined || !isSdp ? [] : ['Content-Type: application/sdp'];
  const lines = [...head, ...type, 'Content-Length: [len]', '', body ?? ''];
  return `<send${retransmit ? ' retrans="500"' : ''}><![CDATA[\n\n${lines.join('\n')}\n]]></send>`;
}
