import { createHub, type Connection as HubConnection, OcpiError, type OcpiResponse, type Passing } from '@evroam/ocpi';
import type { Clock } from '../../../kernel/clock.js';
import type { OperatorId, PartnerId } from '../../../kernel/ids.js';
import { unseal } from '../../../kernel/secret.js';
import { type PartyId, partyId, splitPartyId } from '../../../model/party.js';
import { createPace } from '../../pace.js';
import { type Partner, speaksFor } from '../../partner.js';
import { mayPass } from '../../rules.js';
import type { RoamingStore } from '../../store.js';
import type { Calling } from '../../trace/observe.js';
import type { OcpiCaller } from './inbound.js';

export interface PassingNeeds {
  store: RoamingStore;
  serverKey: Buffer;
  outbound: Calling;
  /** Of our host. */
  url: string;
  isHub(operatorId: OperatorId, party: PartyId): Promise<boolean>;
  clock: Clock;
}

/** Writes that the hub itself takes part in: it keeps sessions and CDRs, correlates commands, and knows locations, tariffs and tokens. */
const OPENED: ReadonlySet<string> = new Set(['locations', 'tariffs', 'tokens', 'sessions', 'cdrs', 'commands', 'chargingprofiles']);

/**
 * What is for a party behind another partner. Reading and rare modules pass as bytes, with Link and Location turned into URLs of ours;
 * the writes above are left to the interfaces here, which send them on through the party's link.
 */
export function createPassing({ store, serverKey, outbound, url, isHub, clock }: PassingNeeds) {
  // One object per state of a partner: what is derived from it is remembered by it.
  const connections = new Map<PartnerId, { of: number; connection: HubConnection }>();
  const partners = new WeakMap<HubConnection, Partner>();
  const pace = createPace();

  function connectionOf(partner: Partner): HubConnection | undefined {
    if (!partner.connection) return undefined;
    const of = partner.updatedAt.getTime();
    const known = connections.get(partner.id);
    if (known?.of === of) return known.connection;
    const { version, endpoints, coding, sealedToken, versionsUrl } = partner.connection;
    const connection: HubConnection = {
      partner: partner.id,
      version,
      endpoints,
      token: unseal(serverKey, sealedToken),
      coding,
      connected: partner.status === 'registered',
      hosts: [versionsUrl, ...endpoints.map((one) => one.url)].map((one) => new URL(one).host),
    };
    connections.set(partner.id, { of, connection });
    partners.set(connection, partner);
    return connection;
  }

  const hub = createHub<OcpiCaller>({
    // Requests that are for the hub itself never come here.
    party: { country: 'XX', party: 'HUB' },
    url,
    handle: (request, to) => {
      const partner = partners.get(to);
      if (!partner) throw new Error('a connection that is not of this hub');
      return outbound(request, partner);
    },
    find: async ({ country, party }, { partner }) => {
      const { operatorId } = partner.partner;
      const home = await store.homeOf(operatorId, partyId(country, party));
      const known = home === undefined || home === 'hosted' ? undefined : await store.partner(operatorId, home);
      return known && connectionOf(known);
    },
    connection: async (id) => {
      const known = await store.partnerById(id as PartnerId);
      return known && connectionOf(known);
    },
    correlations: store.correlations,
    clock,
  });

  /** What a party has is for those that agreed with it, or whom a rule lets in; a rule that forbids is heard first. */
  async function mayRead({ partner: { partner }, routing, module }: Passing<OcpiCaller>, to: PartyId): Promise<boolean> {
    const { operatorId } = partner;
    const mine = routing.from
      ? [partyId(routing.from.country, routing.from.party)].filter((party) => speaksFor(partner, party))
      : partner.parties.map(({ party }) => party);
    if (!OPENED.has(module)) return letsIn(partner, mine, module, to);
    const consent = await store.derived(
      `consent ${operatorId} ${partner.id} ${mine.join(' ')} ${module} ${to}`,
      async () => (await letsIn(partner, mine, module, to)) || undefined,
    );
    return consent === true;
  }

  async function letsIn(partner: Partner, mine: readonly PartyId[], module: string, to: PartyId): Promise<boolean> {
    const { operatorId } = partner;
    const rules = await store.rules(operatorId, [...mine, to]);
    const passing = mine.filter((from) => mayPass(rules, { from, to, module, isBroadcast: false }));
    if (passing.length === 0) return false;
    if (!OPENED.has(module) || partner.parties.some(({ party }) => party === to)) return true;
    const isLetIn = rules.some(
      ({ party, other, allow, module: about }) =>
        allow &&
        (about === module || about === '*') &&
        ((party === to && (other === '*' || passing.includes(other))) || (other === to && passing.includes(party))),
    );
    if (isLetIn) return true;
    const now = clock.now();
    const agreed = [await store.agreedWith(operatorId, passing, 'seller', now), await store.agreedWith(operatorId, passing, 'buyer', now)];
    return agreed.flat().includes(to);
  }

  return async (passing: Passing<OcpiCaller>): Promise<OcpiResponse | undefined> => {
    const { id, quirks } = passing.partner.partner;
    if (quirks?.requestsPerSecond !== undefined && !pace.admits(id, quirks.requestsPerSecond))
      throw new OcpiError('too-many-requests', `at most ${quirks.requestsPerSecond} requests a second: go on more slowly`);
    if (passing.version === 'hub') return hub.intercept(passing);
    const { to } = passing.routing;
    if (!to || passing.face?.routed === false) return undefined;
    // Who asks what holds for a session waits for a result: that is no reading.
    if ((passing.request.method !== 'GET' || passing.module === 'chargingprofiles') && OPENED.has(passing.module)) return undefined;
    const { operatorId } = passing.partner.partner;
    const party = partyId(to.country, to.party);
    if ((await store.homeOf(operatorId, party)) === 'hosted' || (await isHub(operatorId, party))) return undefined;
    // Who has no agreement with somebody learns nothing of it, not even that it is there.
    if (!(await mayRead(passing, party))) throw new OcpiError('unknown-receiver');
    return hub.forward(passing, { country: splitPartyId(party).countryCode, party: splitPartyId(party).party });
  };
}
