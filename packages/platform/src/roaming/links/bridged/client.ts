import { type Client, type ConnectOptions, connect, type Handle, type Interface, OcpiError, Payload, type Reply } from '@evroam/ocpi';
import type { BridgeVersion } from '@evroam/ocpi/bridge';
import { Untranslatable } from '../ocpi221/values.js';
import type { About, Bridge } from './bridge.js';
import { faceIn, HOME, markedForm, objectOf } from './versions.js';

type Method = (input: Record<string, unknown>) => Promise<Reply<unknown>>;

/**
 * A client in the words of 2.2.1 for a partner that speaks another version: bodies are bridged on their way out, answers on their way in.
 * A Payload that is marked as being in the partner's version passes as it is.
 */
export function connectIn<F extends Interface>(
  version: BridgeVersion,
  face: F,
  handle: Handle,
  options: ConnectOptions,
  bridge: Bridge,
  about: About,
): Client<F> {
  if (version === HOME) return connect(face, handle, options);
  const theirs = faceIn(version, face.module, face.role);
  if (!theirs) throw new OcpiError('no-endpoints', `OCPI ${version} has no ${face.module}`);
  const client = connect(theirs, handle, options) as unknown as Record<string, Method>;
  const methods = Object.entries(face.routes).map(([name, route]): [string, Method] => [
    name,
    async (input) => {
      const method = client[name];
      const their = theirs.routes[name];
      if (!method || !their) throw new OcpiError('no-endpoints', `OCPI ${version} has no ${face.module} ${name}`);
      const { body, correlationId } = input;
      const here = typeof correlationId === 'string' ? { ...about, correlation: correlationId } : about;
      const object = objectOf(route.says.body);
      let sent = body;
      if (body !== undefined && markedForm(body) !== version && object) {
        sent = await bridge(HOME, version, object, body instanceof Payload ? body.value : body, here);
      }
      const reply = await method({ ...input, ...(body === undefined ? {} : { body: sent }) });
      const answered = objectOf(route.says.data);
      if (!answered || reply.data === undefined) return reply;
      const up = (item: unknown) => bridge(version, HOME, answered, item, here);
      return Array.isArray(reply.data) ? listUp(reply, reply.data, up) : { ...reply, data: await up(reply.data) };
    },
  ]);
  return Object.fromEntries(methods) as unknown as Client<F>;
}

/** An item that cannot be bridged is refused as one that does not fit its schema is: the page is not lost for it. */
async function listUp(reply: Reply<unknown>, items: readonly unknown[], up: (item: unknown) => Promise<unknown>): Promise<Reply<unknown>> {
  const data: unknown[] = [];
  const refused = [...(reply.page?.refused ?? [])];
  for (const [index, item] of items.entries()) {
    try {
      data.push(await up(item));
    } catch (error) {
      if (!(error instanceof Untranslatable)) throw error;
      refused.push({ index, item, violation: { path: error.pointer, keyword: 'bridge', message: error.message } });
    }
  }
  return { ...reply, data, page: { ...reply.page, refused } };
}
