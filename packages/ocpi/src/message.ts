// What travels between the ends: a request, a response, and a body that is parsed or written only when asked.
import { isAscii, isUtf8 } from 'node:buffer';
import { OcpiError } from './envelope.js';
import type { Headers } from './headers.js';
import type { Method } from './module.js';

/** A JSON body in whatever form it is at hand: bytes, text or value. The other forms are made on demand and kept. */
export class Payload {
  #bytes: Buffer | undefined;
  #text: string | undefined;
  #value: unknown;
  #parsed = false;
  #fits: object | undefined;

  /** A body from its bytes, as they came from the wire. */
  static raw(bytes: Uint8Array): Payload {
    const payload = new Payload();
    payload.#bytes = Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    return payload;
  }

  /** A body from JSON text. */
  static text(json: string): Payload {
    const payload = new Payload();
    payload.#text = json;
    return payload;
  }

  /** A body from a value that JSON can hold. */
  static of(value: unknown): Payload {
    const payload = new Payload();
    payload.#value = value;
    payload.#parsed = true;
    return payload;
  }

  /** A body whose bytes are the original's while its value is another: what a translation hands on. */
  static translated(original: Payload, value: unknown): Payload {
    const payload = Payload.raw(original.raw);
    payload.#value = value;
    payload.#parsed = true;
    return payload;
  }

  /** The parsed value. Throws OcpiError 'malformed' when the body is not JSON in UTF-8. */
  get value(): unknown {
    if (!this.#parsed) {
      try {
        this.#value = JSON.parse(this.json);
      } catch (cause) {
        throw cause instanceof OcpiError ? cause : new OcpiError('malformed', undefined, { cause });
      }
      this.#parsed = true;
    }
    return this.#value;
  }

  /** Remembers that the value was checked against a schema: who sends it on against the same one need not check it again. */
  mark(schema: object): void {
    this.#fits = schema;
  }

  /** True when the value was checked against this very schema. */
  fits(schema: object): boolean {
    return this.#fits === schema;
  }

  /** The bytes. */
  get raw(): Buffer {
    this.#bytes ??= Buffer.from(this.json, 'utf8');
    return this.#bytes;
  }

  /** The JSON text. Throws OcpiError 'malformed' for bytes that are not UTF-8. */
  get json(): string {
    if (this.#text !== undefined) return this.#text;
    if (this.#bytes === undefined) this.#text = JSON.stringify(this.#value) ?? 'null';
    else if (isAscii(this.#bytes)) this.#text = this.#bytes.toString('latin1');
    else if (isUtf8(this.#bytes)) this.#text = this.#bytes.toString('utf8');
    else throw new OcpiError('malformed', 'the body is not UTF-8');
    return this.#text;
  }

  /** What is at hand for the wire, without conversion: bytes or text. */
  get wire(): Buffer | string {
    return this.#bytes ?? this.json;
  }

  /** True when nothing was sent. */
  get isEmpty(): boolean {
    return this.#bytes !== undefined ? this.#bytes.length === 0 : this.#text === '';
  }
}

/** A body that was not sent. */
export const noPayload: Payload = Payload.text('');

/** A request, as a server gets it (`url` begins with its path) or a client sends it (`url` is absolute). */
export interface OcpiRequest {
  readonly method: Method;
  readonly url: string;
  readonly headers: Headers;
  readonly body?: Payload;
  /** Ends the request early; a Handle that talks to the network honours it. */
  readonly signal?: AbortSignal;
  /** How long the whole exchange may take, in milliseconds: a Handle that talks to the network honours it without a signal of its own. */
  readonly timeoutMs?: number;
}

/** A response. Header names are lower case. */
export interface OcpiResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>> | Headers;
  readonly body?: Payload;
}

/** Anything that answers OCPI requests: a server in this process, or the network. */
export type Handle = (request: OcpiRequest) => Promise<OcpiResponse>;
