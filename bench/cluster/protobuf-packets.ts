/**
 * Moleculer's packets as protobuf, for the bench to compare with: everything that Moleculer says about a command is a
 * field. Smaller on the wire than JSON, and slower, for JSON is written by the engine itself.
 */
import { Serializers } from 'moleculer';
import protobuf from 'protobufjs';
import { decoderOf } from '#proto/decoder.ts';
import { encoderOf } from '#proto/encoder.ts';

const { root } = protobuf.parse(`
syntax = "proto3";
message RequestPacket {
  string ver = 1;
  string sender = 2;
  string id = 3;
  string action = 4;
  bytes params = 5;
  uint32 params_type = 6;
  string meta = 7;
  string headers = 8;
  optional double timeout = 9;
  uint32 level = 10;
  optional bool tracing = 11;
  optional string parent_id = 12;
  optional string request_id = 13;
  optional string caller = 14;
}
message ResponsePacket {
  string ver = 1;
  string sender = 2;
  string id = 3;
  bool success = 4;
  bytes data = 5;
  uint32 data_type = 6;
  string meta = 7;
  string headers = 8;
  string error = 9;
}
`);

interface RequestPacket extends Omit<MoleculerRequest, 'params' | 'meta' | 'headers' | 'parentID' | 'requestID'> {
  readonly params: Uint8Array;
  readonly paramsType: number;
  readonly meta: string;
  readonly headers: string;
  readonly parentId?: string;
  readonly requestId?: string;
}

interface ResponsePacket extends Omit<MoleculerResponse, 'data' | 'meta' | 'headers' | 'error'> {
  readonly data: Uint8Array;
  readonly dataType: number;
  readonly meta: string;
  readonly headers: string;
  readonly error: string;
}

const requests = codecOf<RequestPacket>('RequestPacket');
const responses = codecOf<ResponsePacket>('ResponsePacket');

function codecOf<T>(name: string) {
  const type = root.lookupType(name);
  const [encode, decode] = [encoderOf(type), decoderOf(type)];
  return {
    encode: (packet: object) => encode(packet),
    decode: (bytes: Uint8Array) => decode(protobuf.Reader.create(bytes), bytes.length) as unknown as T,
  };
}

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

export class ProtobufSerializer extends Serializers.Base {
  /** What runtime/delivery.ts looks for. */
  readonly carriesBytes = true;

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
