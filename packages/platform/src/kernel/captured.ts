/** The name in the first line of a capture file; a reader refuses another. */
export const CAPTURE_FORMAT = 'evroam-capture/1';

/**
 * One frame or message as it stood on the wire, secrets masked: a line of a capture file. The same for stations and for partners, so that
 * whatever decodes, redacts or replays knows one shape.
 */
export interface CapturedFrame {
  /** Domain time, ISO 8601 with ms. */
  at: string;
  /** ocpp1.6, ocpp2.0.1, ocpp2.1, ykc, ocpi2.2.1, ... */
  protocol: string;
  /** The station or partner at the other end. */
  peer: string;
  /** Towards us, or from us. */
  way: 'in' | 'out';
  /** A text protocol's frame. */
  text?: string;
  /** A binary protocol's frame. */
  hex?: string;
}
