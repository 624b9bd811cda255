// Generated from proto/media.proto by npm run proto. Do not edit.

/** Where a leg listens, and what it takes; it sends and hears. */
export interface RtpSide {
  readonly address: string;
  readonly port: number;
  /** PCMU and PCMA, in order of preference. */
  readonly codecs: readonly string[];
  /** Payload type of telephone-event (RFC 4733); absent: none. */
  readonly dtmfPayloadType?: number;
}
