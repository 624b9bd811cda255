/**
 * Moleculer's packets as protobuf: commands and answers cross the bus as the bytes they are, not as base64 in JSON.
 * What else Moleculer says (who is there, heartbeats, streams) stays JSON, which begins with a brace as no packet of
 * ours does.
 */
import { Serializers } from 'moleculer';
import { codec } from '#proto/codec.ts';
import type { RequestPacket, ResponsePacket } from '#proto/generated/packets.ts';

const requests = codec<RequestPacket>('callboard.packets.v1.RequestPacket');
const responses = codec<ResponsePacket>('callboard.packets.v1.ResponsePacket');

const request = 'REQ';
const response = 'RES';
const brace = 0x7b;

/** Of a payload (Moleculer's packets.js). */
const kinds = { undefined: 0, null: 1, json: 2, bytes: 3 } as const;

type Payload = Record<string, unknown>;

interface MoleculerRequest {
  readonly ver: string;
  readonly sender: string;
  readonly id: string;
  readonly action: string;
  readonly params: unknown;
  readonly meta: object | null | undefined;
  readonly headers: object | null | undefined;
  readonly timeout: number | null | undefined;
  readonly level: number;
  readonly tracing: boolean | null | undefined;
  readonly parentID: string | null | undefined;
  readonly requestID: string | null | undefined;
  readonly caller: string | null | undefined;
}

interface MoleculerResponse {
  readonly ver: string;
  readonly sender: string;
  readonly id: string;
  readonly success: boolean;
  readonly data: unknown;
  readonly meta: object | null | undefined;
  readonly headers: object | null | undefined;
  readonly error: unknown;
}

export class PacketSerializer extends Serializers.Base {
  override serialize(packet: Payload, type?: string): Buffer {
    const bytes = type === request || type === response ? packed(packet, type) : undefined;
    return bytes ? Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength) : json(packet);
  }

  /** @throws what the codec throws; Moleculer logs it and drops the packet. */
  override deserialize(buffer: Buffer, type?: string): Payload {
    if (buffer[0] === brace) return JSON.parse(buffer.toString()) as Payload;
    if (type === request) return openedRequest(requests.decode(buffer));
    if (type === response) return openedResponse(responses.decode(buffer));
    throw new TypeError(`A packet ${type} is no JSON.`);
  }
}

/** Undefined for parts of a stream, which nothing of ours sends. */
function packed(packet: Payload, type: string): Uint8Array | undefined {
  if (packet.stream || packet.seq !== undefined) return undefined;
  return type === request ? packedRequest(packet) : packedResponse(packet);
}

function packedRequest(packet: Payload): Uint8Array {
  const { ver, sender, id, action, params, meta, headers, timeout, level, tracing, parentID, requestID, caller } =
    packet as unknown as MoleculerRequest;
  const [paramsType, bytes] = content(params);
  return requests.encode({
    ver,
    sender,
    id,
    action,
    params: bytes,
    paramsType,
    meta: textOf(meta),
    headers: textOf(headers),
    level,
    ...(timeout == null ? {} : { timeout }),
    ...(tracing == null ? {} : { tracing }),
    ...(parentID == null ? {} : { parentId: parentID }),
    ...(requestID == null ? {} : { requestId: requestID }),
    ...(caller == null ? {} : { caller }),
  });
}

function openedRequest(packet: RequestPacket): Payload {
  const { ver, sender, id, action, params, paramsType, meta, headers, timeout, level } = packet;
  return {
    ver,
    sender,
    id,
    action,
    params: contentOf(paramsType, params),
    meta: meta === '' ? {} : JSON.parse(meta),
    headers: headers === '' ? undefined : JSON.parse(headers),
    timeout,
    level,
    tracing: packet.tracing ?? null,
    parentID: packet.parentId ?? null,
    requestID: packet.requestId ?? null,
    caller: packet.caller ?? null,
    stream: false,
  };
}

function packedResponse(packet: Payload): Uint8Array {
  const { ver, sender, id, success, data, meta, headers, error } = packet as unknown as MoleculerResponse;
  const [dataType, bytes] = content(data);
  return responses.encode({
    ver,
    sender,
    id,
    success,
    data: bytes,
    dataType,
    meta: textOf(meta),
    headers: textOf(headers),
    error: error == null ? '' : JSON.stringify(error),
  });
}

function openedResponse({ ver, sender, id, success, data, dataType, meta, headers, error }: ResponsePacket): Payload {
  return {
    ver,
    sender,
    id,
    success,
    data: contentOf(dataType, data),
    meta: meta === '' ? {} : JSON.parse(meta),
    ...(headers === '' ? {} : { headers: JSON.parse(headers) }),
    ...(error === '' ? {} : { error: JSON.parse(error) }),
  };
}

const nothing = new Uint8Array(0);

function content(value: unknown): [number, Uint8Array] {
  if (value instanceof Uint8Array) return [kinds.bytes, value];
  if (value === undefined) return [kinds.undefined, nothing];
  return value === null ? [kinds.null, nothing] : [kinds.json, json(value)];
}

function contentOf(kind: number, bytes: Uint8Array): unknown {
  if (kind === kinds.bytes) return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (kind === kinds.undefined) return undefined;
  return kind === kinds.null ? null : JSON.parse(Buffer.from(bytes).toString());
}

function json(value: unknown): Buffer {
  return Buffer.from(JSON.stringify(value));
}

/** Empty objects are the rule, and cost nothing. */
function textOf(value: object | null | undefined): string {
  for (const _ in value) return JSON.stringify(value);
  return '';
}
