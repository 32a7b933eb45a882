import {
  connect,
  DIALECTS,
  type Dialect,
  type Keys,
  queryToken,
  STANDARD,
  stampText,
  type TcecClient,
  TcecError,
} from '@evroam/gbt-adapter/tcec102';
import { type Handle, OcpiError, Payload } from '@evroam/ocpi';
import type { Clock } from '../../../kernel/clock.js';
import type { OperatorId, PartnerId } from '../../../kernel/ids.js';
import { type Refused, refuse } from '../../../kernel/refusal.js';
import { unseal } from '../../../kernel/secret.js';
import type { Refusal } from '../../message.js';
import type { RoamingStore } from '../../store.js';
import type { TcecPeer } from '../../tcec.js';

export interface WireNeeds {
  store: RoamingStore;
  /** Calls over HTTP, and never an inside address. */
  handle: Handle;
  serverKey: Buffer;
  clock: Clock;
}

/** How long a partner may take for an answer. */
const TIMEOUT_MS = 30_000;

export type Wire = ReturnType<typeof createWire>;

/** The outbound side: one client for each partner, which keeps its token; the sequence of calls is one for all nodes. */
export function createWire({ store, handle, serverKey, clock }: WireNeeds) {
  const clients = new Map<PartnerId, { of: number; client: TcecClient }>();

  function clientOf(peer: TcecPeer & { url: string; sealedGiven: string }): TcecClient {
    const known = clients.get(peer.partnerId);
    const of = peer.updatedAt.getTime();
    if (known?.of === of) return known.client;
    const client = connect({
      keys: keysOf(peer),
      to: overHandle(peer.url, handle),
      dialect: dialectOf(peer),
      sequence: async (now) => {
        const { second, count } = await store.tcec.nextSequence(peer.operatorId, peer.partnerId, Math.floor(now.getTime() / 1000));
        return { timeStamp: stampText(new Date(second * 1000)), seq: String(count).padStart(4, '0') };
      },
      now: () => clock.now(),
    });
    clients.set(peer.partnerId, { of, client });
    return client;
  }

  /** A partner that has joined and is not suspended, ready to be called. */
  async function reach(operatorId: OperatorId, partnerId: PartnerId): Promise<{ peer: TcecPeer; client: TcecClient } | undefined> {
    const partner = await store.partner(operatorId, partnerId);
    if (partner?.status !== 'registered') return undefined;
    const peer = await store.tcec.peer(operatorId, partnerId);
    return peer && isJoined(peer) ? { peer, client: clientOf(peer) } : undefined;
  }

  /** Asks for a token, kept or not: who gives one is there and takes our keys. Throws TcecError. */
  async function prove(peer: TcecPeer & { url: string; sealedGiven: string }): Promise<void> {
    const { operatorId, operatorSecret } = keysOf(peer);
    const said = await clientOf(peer).call(queryToken, { OperatorID: operatorId, OperatorSecret: operatorSecret });
    if (said.SuccStat !== 0) throw new TcecError('Token', `the partner gives no token: its reason is ${said.FailReason}`);
  }

  const keysOf = ({ sealedGiven }: { sealedGiven: string }) => JSON.parse(unseal(serverKey, sealedGiven)) as Keys;

  return { reach, clientOf, prove };
}

export const isJoined = (peer: TcecPeer): peer is TcecPeer & { url: string; sealedGiven: string } =>
  peer.url !== undefined && peer.sealedGiven !== undefined;

export const dialectOf = ({ dialect }: TcecPeer): Dialect => DIALECTS.find(({ name }) => name === dialect) ?? STANDARD;

/** The hub's own HTTP as a Handle of this standard: the interface is the last part of the URL. */
function overHandle(
  url: string,
  handle: Handle,
): (request: { interface: string; authorization?: string | undefined; body: string }) => Promise<{ status: number; body: string }> {
  const base = url.replace(/\/+$/, '');
  return async ({ interface: name, authorization, body }) => {
    try {
      const answer = await handle({
        method: 'POST',
        url: `${base}/${name}`,
        headers: { 'content-type': 'application/json;charset=utf-8', ...(authorization === undefined ? {} : { authorization }) },
        body: Payload.text(body),
        timeoutMs: TIMEOUT_MS,
      });
      return { status: answer.status, body: answer.body?.raw.toString('utf8') ?? '' };
    } catch (cause) {
      if (!(cause instanceof OcpiError)) throw cause;
      throw new TcecError('Transport', `${name}: ${cause.message}`, { cause });
    }
  };
}

/** What the partner's silence or answer means to whoever sent something. Throws what is none of its doing. */
export function refusalOf(error: unknown): Refused<Refusal> {
  if (!(error instanceof TcecError)) throw error;
  switch (error.code) {
    case 'Transport':
      return wasSent(error) ? refuse('timeout', `${error.message}: the outcome is unknown`) : refuse('notConnected', error.message);
    case 'Busy':
    case 'Token':
      return refuse('notConnected', error.message);
    case 'System':
    case 'Response':
      return refuse('timeout', `${error.message}: the outcome is unknown`);
    case 'Interface':
      return refuse('notSupported', error.message);
    default:
      return refuse('refusedByReceiver', `${error.code}: ${error.message}`);
  }
}

const UNSENT: ReadonlySet<unknown> = new Set([
  ...['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH', 'ENETUNREACH', 'UND_ERR_CONNECT_TIMEOUT'],
]);

/** Only what never went out is known not to have been heard: a line that broke may have carried it. */
function wasSent({ cause }: TcecError): boolean {
  if (!(cause instanceof OcpiError)) return true;
  return cause.code !== 'blocked' && !UNSENT.has((cause.cause as { code?: unknown } | undefined)?.code);
}
