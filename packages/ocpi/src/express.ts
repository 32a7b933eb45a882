// A Handle as Express middleware: for convenience, where OCPI shares an application. The fast way in is `node`.
import type { RequestHandler } from 'express';
import { envelopeText, OcpiError } from './envelope.js';
import { type Handle, noPayload, Payload } from './message.js';
import { isMethod, type ListenerOptions, toListener, write } from './node.js';

/**
 * Mounts a Handle in an Express application; the host's URL has the same path. A body that express.json() has parsed already is taken
 * as a value: its bytes are gone, so mount OCPI before any body parser where the bytes matter.
 *
 *     app.use('/ocpi', ocpi(host));
 */
export function ocpi(handle: Handle, options: ListenerOptions = {}): RequestHandler {
  const listener = toListener(handle, options);
  return (request, response) => {
    // Express cuts the mount path off; OCPI knows its own URLs.
    request.url = request.originalUrl;
    const parsed: unknown = request.body;
    if (!request.readableEnded || parsed === undefined) {
      listener(request, response);
      return;
    }
    const { method, url, headers } = request;
    if (!isMethod(method)) {
      const refusal = new OcpiError('method-not-allowed');
      write(response, {
        status: refusal.http,
        headers: { 'content-type': 'application/json' },
        body: Payload.text(envelopeText(new Date(), refusal.statusCode, refusal.message)),
      });
      return;
    }
    const body = method === 'GET' ? noPayload : Payload.of(parsed);
    handle({ method, url, headers, body }).then(
      (answer) => write(response, answer),
      (error: unknown) => {
        options.onError?.(error);
        response.destroy();
      },
    );
  };
}
