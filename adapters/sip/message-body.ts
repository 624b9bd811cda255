/** What of a message body we read: its SDP, also out of a multipart one (RFC 5621), or a piece of SIP. Pure. */

const sdpType = 'application/sdp';

/**
 * What of a body is SDP, or undefined. A body without a type that begins as SDP does is taken for SDP; some
 * gateways forget the header.
 */
export function sdpOf(body: string, contentType: string | undefined): string | undefined {
  if (body === '') return undefined;
  if (contentType === undefined) return body.startsWith('v=0') ? body : undefined;
  const mediaType = contentType.split(';', 1)[0]?.trim().toLowerCase() ?? '';
  if (mediaType === sdpType) return body;
  return mediaType.startsWith('multipart/') ? sdpPart(body, contentType) : undefined;
}

function sdpPart(body: string, contentType: string): string | undefined {
  const boundary = /;\s*boundary\s*=\s*(?:"([^"]{1,70})"|([^\s;"]{1,70}))/i.exec(contentType);
  const mark = boundary?.[1] ?? boundary?.[2];
  if (mark === undefined) return undefined;
  for (const part of `\r\n${body}`.split(`\r\n--${mark}`).slice(1)) {
    const headersEnd = part.indexOf('\r\n\r\n');
    if (headersEnd < 0) continue;
    const type = /^content-type\s*:\s*([^;\r\n]+)/im.exec(part.slice(0, headersEnd))?.[1];
    if (type?.trim().toLowerCase() === sdpType) return `${part.slice(headersEnd + 4).trimEnd()}\r\n`;
  }
  return undefined;
}

/** What of a body is a fragment of a SIP message, as a NOTIFY of a transfer has it (RFC 3420), or undefined. */
export function fragmentOf(body: string, contentType: string | undefined): string | undefined {
  return contentType?.split(';', 1)[0]?.trim().toLowerCase() === 'message/sipfrag' ? body : undefined;
}
