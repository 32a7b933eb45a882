import { createHash } from 'node:crypto';
import { discover, type Handle, OcpiError } from '@evroam/ocpi';
import type { Loss } from '@evroam/ocpi/bridge';
import { type Http, http } from '@evroam/ocpi/http';
import * as v221 from '@evroam/ocpi/v221';
import type { Clock } from '../../kernel/clock.js';
import type { OperatorId, PartnerId } from '../../kernel/ids.js';
import { MAX_PAGE } from '../../kernel/page.js';
import { unseal } from '../../kernel/secret.js';
import type { Cdr } from '../../model/cdr.js';
import type { PartyId } from '../../model/party.js';
import type { PartyLink } from '../link.js';
import type { Partner } from '../partner.js';
import { OCPI_PATH, PATH_211 } from '../paths.js';
import type { CdrForm } from '../service/deliveries.js';
import type { CdrExchange, RoamingStore } from '../store.js';
import type { Called, Trace } from '../trace/observe.js';
import type { Bridge } from './bridged/bridge.js';
import { connectIn } from './bridged/client.js';
import type { Net } from './bridged/net.js';
import { HOME, isSpoken } from './bridged/versions.js';
import { fromCdr } from './ocpi221/cdrs.js';
import { ocpiLink } from './ocpi221/link.js';
import { fromReachable } from './ocpi221/listen.js';

/** To each partner: a request that waits for a connection costs more than one that has its own. */
const CONNECTIONS = 32;
/** A partner that takes longer for its list of versions is not there. */
const PING_MS = 5000;

export interface OutboundNeeds {
  store: RoamingStore;
  serverKey: Buffer;
  publicUrl: string;
  bridge: Bridge;
  net: Net;
  clock: Clock;
  trace: Pick<Trace, 'calling'>;
  /** Inside networks that may be called after all; none by default. */
  allow: NonNullable<Parameters<typeof http>[0]>['allow'];
}

/** The outbound side: one pool of connections, safe against inside addresses, and the links that use it. */
export function createOutbound({ store, serverKey, publicUrl, bridge, net, clock, trace, allow }: OutboundNeeds) {
  const handle: Http = http({ connections: CONNECTIONS, ...(allow ? { allow } : {}) });
  const call = trace.calling(handle);
  const handleTo =
    (partner: Called): Handle =>
    (request) =>
      call(request, partner);
  const base = publicUrl.replace(/\/+$/, '');

  // A partner that has changed is another object.
  const links = new WeakMap<Partner, Map<PartyId, PartyLink>>();

  async function partnerLink(operatorId: OperatorId, partnerId: PartnerId, party: PartyId): Promise<PartyLink | undefined> {
    const partner = await store.partner(operatorId, partnerId);
    if (!partner) return undefined;
    const known = links.get(partner);
    const link = known?.get(party) ?? newLink(partner, party);
    if (link) links.set(partner, (known ?? new Map()).set(party, link));
    return link;
  }

  function newLink(partner: Partner, party: PartyId): PartyLink | undefined {
    if (partner.status !== 'registered' || !partner.connection || !isSpoken(partner.connection.version)) return undefined;
    const { version } = partner.connection;
    const ours = version === '2.1.1' ? `${base}${PATH_211.emsp}/2.1.1` : `${base}${OCPI_PATH}/${version}/sender`;
    return ocpiLink(party, {
      handle: handleTo(partner),
      version,
      connection: partner.connection,
      bridge,
      net,
      token: unseal(serverKey, partner.connection.sealedToken),
      ...(partner.quirks?.timeoutMs === undefined ? {} : { timeoutMs: partner.quirks.timeoutMs }),
      responseUrl: (module, command, commandId) => `${ours}/${module}/${command}/${encodeURIComponent(commandId)}`,
    });
  }

  async function represent(
    operatorId: OperatorId,
    cdr: Cdr,
    party: PartyId,
    received: CdrExchange | undefined,
  ): Promise<CdrForm | undefined> {
    const home = await store.homeOf(operatorId, party);
    const version = home === undefined || home === 'hosted' ? undefined : (await store.partner(operatorId, home))?.connection?.version;
    if (version === undefined || !isSpoken(version)) return undefined;
    // Between equal versions a CDR passes as its owner wrote it.
    if (received?.version === version) return { version, bytes: received.bytes, digest: received.digest };
    // A CDR that came in another version of OCPI goes straight from that one to this, so that nothing is lost on a way round.
    const from = received && isSpoken(received.version) ? received.version : HOME;
    const value: unknown =
      received && from !== HOME ? JSON.parse(received.bytes.toString('utf8')) : fromCdr(await net.cdr(operatorId, cdr));
    let losses: CdrForm['losses'];
    const lost = (all: readonly Loss[]) => {
      losses = all.map(({ kind, pointer, message }) => ({ kind, pointer, message }));
    };
    const bytes = Buffer.from(JSON.stringify(await bridge(from, version, 'CDR', value, { operatorId, owner: cdr.owner, lost })));
    return { version, bytes, digest: createHash('sha256').update(bytes).digest('hex'), ...(losses ? { losses } : {}) };
  }

  /** The versions endpoint is what every partner has. */
  async function ping(operatorId: OperatorId, partnerId: PartnerId): Promise<boolean> {
    const partner = await store.partner(operatorId, partnerId);
    if (partner?.status !== 'registered' || !partner.connection) return false;
    const { versionsUrl, coding, sealedToken, version } = partner.connection;
    try {
      await discover({
        handle: handleTo(partner),
        versionsUrl,
        coding,
        token: unseal(serverKey, sealedToken),
        versions: [version],
        timeoutMs: PING_MS,
      });
      return true;
    } catch (error) {
      if (error instanceof OcpiError) return false;
      throw error;
    }
  }

  /** Tells every partner that listens who can be reached now; one that is away asks when it is back. OCPI 2.2.1, 15.2.2 */
  async function announce(operatorId: OperatorId): Promise<void> {
    const all = (await store.parties(operatorId)).filter(({ role }) => role !== 'hub');
    const { items: partners } = await store.partners(operatorId, { limit: MAX_PAGE });
    for (const partner of partners) {
      const { status, connection, parties } = partner;
      const url = connection?.endpoints.find(({ identifier, role }) => identifier === 'hubclientinfo' && role === 'RECEIVER')?.url;
      if (status !== 'registered' || !connection || url === undefined || !isSpoken(connection.version)) continue;
      const settings = { url, coding: connection.coding, token: unseal(serverKey, connection.sealedToken) };
      const first = parties[0];
      if (!first) continue;
      const client = connectIn(connection.version, v221.hubClientInfo.receiver, handleTo(partner), settings, bridge, {
        operatorId,
        owner: first.party,
      });
      for (const one of all) {
        const body = fromReachable(one, clock.now());
        try {
          await client.put({ params: { country_code: body.country_code, party_id: body.party_id }, body });
        } catch (error) {
          if (!(error instanceof OcpiError)) throw error;
          break;
        }
      }
    }
  }

  return { handle: handle as Handle, call, partnerLink, represent, ping, announce, close: () => handle.close() };
}
