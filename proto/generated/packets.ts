// Generated from proto/packets.proto by npm run proto. Do not edit.

export interface RequestPacket {
  /** Version of Moleculer's protocol. */
  readonly ver: string;
  /** Node. */
  readonly sender: string;
  readonly id: string;
  readonly action: string;
  /** Bytes as they are, or JSON. */
  readonly params: Uint8Array;
  /** 0 undefined, 1 null, 2 JSON, 3 bytes. */
  readonly paramsType: number;
  /** JSON; empty: {}. */
  readonly meta: string;
  /** JSON; empty: none. */
  readonly headers: string;
  readonly timeout?: number;
  readonly level: number;
  /** Absent where nobody decided. */
  readonly tracing?: boolean;
  readonly parentId?: string;
  readonly requestId?: string;
  readonly caller?: string;
}

export interface ResponsePacket {
  readonly ver: string;
  readonly sender: string;
  readonly id: string;
  readonly success: boolean;
  readonly data: Uint8Array;
  readonly dataType: number;
  /** JSON; empty: {}. */
  readonly meta: string;
  /** JSON; empty: none. */
  readonly headers: string;
  /** JSON; empty: none. */
  readonly error: string;
}
