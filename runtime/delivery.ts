/** Envelopes and answers as the bus's serializer carries them: as bytes, or as base64 inside JSON. */
import type { ServiceBroker } from 'moleculer';
import { type Answer, answer, type Envelope, envelope } from '#proto/generated/envelope.ts';

export class Delivery {
  readonly #carriesBytes: boolean;

  constructor({ serializer }: Pick<ServiceBroker, 'serializer'>) {
    this.#carriesBytes = serializer !== undefined && 'carriesBytes' in serializer;
  }

  packEnvelope(sent: Envelope): unknown {
    return this.#pack(envelope.encode(sent));
  }

  packAnswer(given: Answer): unknown {
    return this.#pack(answer.encode(given));
  }

  /** Undefined where it is none. */
  openEnvelope(params: unknown): Envelope | undefined {
    try {
      return envelope.decode(bytesOf(params));
    } catch {
      return undefined;
    }
  }

  /** Undefined where it is none. */
  openAnswer(data: unknown): Answer | undefined {
    try {
      return answer.decode(bytesOf(data));
    } catch {
      return undefined;
    }
  }

  #pack(bytes: Uint8Array): unknown {
    if (this.#carriesBytes) return bytes;
    return { base64: Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64') };
  }
}

function bytesOf(packed: unknown): Uint8Array {
  if (packed instanceof Uint8Array) return packed;
  const text = (packed as { base64?: unknown } | null)?.base64;
  if (typeof text !== 'string') throw new TypeError('Neither bytes nor base64.');
  return Buffer.from(text, 'base64');
}
