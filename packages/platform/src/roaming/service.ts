import type { Clock } from '../kernel/clock.js';
import type { Emit } from '../kernel/events.js';
import type { NewId, OperatorId, PartnerId } from '../kernel/ids.js';
import { type Accepted, type Refused, refuse } from '../kernel/refusal.js';
import type { Transact } from '../kernel/transact.js';
import type { Agreement } from '../model/agreement.js';
import type { PartyId, Role } from '../model/party.js';
import { agreementFault, inForceAt } from './agreement.js';
import type { PartyLink } from './link.js';
import type { Message, Reply } from './message.js';
import type { ChargingPort, SigningPort, StationsPort, UsersPort } from './ports.js';
import { createDeliveries, type DeliveriesNeeds } from './service/deliveries.js';
import { createPartners } from './service/partners.js';
import type { RoamingStore } from './store.js';

export interface RoamingNeeds {
  transact: Transact;
  emit: Emit;
  store: RoamingStore;
  charging: ChargingPort;
  stations: StationsPort;
  users: UsersPort;
  signing: SigningPort;
  clock: Clock;
  newId: NewId;
  serverKey: Buffer;
  /** A CDR in the form in which a party gets it; undefined while its partner cannot be called. */
  represent: DeliveriesNeeds['represent'];
  /** The link to a hosted party. */
  localLink(party: PartyId, roles: readonly Role[]): PartyLink;
  /** The link to a party behind a partner; undefined while that partner cannot be called. */
  partnerLink(operatorId: OperatorId, partnerId: PartnerId, party: PartyId): Promise<PartyLink | undefined>;
}

export type RoamingService = ReturnType<typeof createService>;

/** How long a driver's remote start may take at a partner's station before its outcome counts as unknown. */
const PARTNER_COMMAND_MS = 120_000;

export function createService(needs: RoamingNeeds) {
  const { store, users, clock, newId } = needs;

  async function linkOf(operatorId: OperatorId, party: PartyId): Promise<PartyLink | Refused<'unknownReceiver' | 'notConnected'>> {
    const home = await store.homeOf(operatorId, party);
    if (home === undefined) return refuse('unknownReceiver', `no party ${party} is known to this hub`);
    if (home !== 'hosted') {
      return (
        (await needs.partnerLink(operatorId, home, party)) ??
        refuse('notConnected', `the partner of ${party} has not registered, or is suspended`)
      );
    }
    const roles = (await store.hostedParties(operatorId)).filter((hosted) => hosted.party === party).map(({ role }) => role);
    return needs.localLink(party, roles);
  }

  /** Sends a message to the party that it is for; whoever that is, the way is the same. */
  async function route(message: Message): Promise<Reply> {
    const link = await linkOf(message.operatorId, message.to);
    return 'accepted' in link ? link : link.send(message);
  }

  /** An own driver wants to charge, here or at a partner's station. */
  async function startSession(
    operatorId: OperatorId,
    wish: { issuer: PartyId; tokenUid: string; owner: PartyId; locationId: string; evseUid?: string; connectorId?: string },
  ): Promise<Accepted<{ commandId: string; authorizationReference: string }> | Refused<string>> {
    const token = await users.token(operatorId, wish.issuer, wish.tokenUid);
    if (!token) return refuse('unknownToken', `${wish.issuer} has no token ${wish.tokenUid}`);
    const commandId = newId();
    const authorizationReference = newId();
    const correlation = newId();
    const askedAt = clock.now();
    const expiresAt = new Date(askedAt.getTime() + PARTNER_COMMAND_MS * clock.rate);
    const replyTo = { commandId };
    await store.insertCommand(operatorId, {
      id: commandId,
      kind: 'start',
      asker: wish.issuer,
      asked: wish.owner,
      replyTo,
      correlation,
      askedAt,
      expiresAt,
    });
    const { locationId, evseUid, connectorId } = wish;
    const reply = await route({
      kind: 'startSession',
      operatorId,
      from: wish.issuer,
      to: wish.owner,
      correlation,
      typed: () => ({
        token,
        locationId,
        ...(evseUid === undefined ? {} : { evseUid }),
        ...(connectorId === undefined ? {} : { connectorId }),
        authorizationReference,
        replyTo,
      }),
    });
    if (!reply.accepted) {
      await store.settleCommand(operatorId, commandId, reply.reason === 'timeout' ? 'timeout' : 'rejected', undefined, clock.now());
      return reply;
    }
    return { accepted: true, commandId, authorizationReference };
  }

  /** Puts the next version of an agreement into force. The keys of our own parties are filled in. */
  async function activateAgreement(
    operatorId: OperatorId,
    draft: Omit<Agreement, 'version'>,
  ): Promise<Accepted<{ version: number }> | Refused<'invalidAgreement'>> {
    const known = (await store.agreementVersions(operatorId, draft.seller, draft.buyer)).filter(({ id }) => id === draft.id);
    const signingKeys: Record<PartyId, string> = { ...draft.signingKeys };
    for (const party of new Set((await store.hostedParties(operatorId)).map((hosted) => hosted.party))) {
      if (party === draft.seller || party === draft.buyer) signingKeys[party] = await needs.signing.verifyingKey(operatorId, party);
    }
    const agreement: Agreement = { ...draft, signingKeys, version: Math.max(0, ...known.map(({ version }) => version)) + 1 };
    const fault = agreementFault(agreement);
    if (fault !== undefined) return refuse('invalidAgreement', fault);
    if (!(await store.insertAgreement(undefined, operatorId, agreement))) {
      return refuse(
        'invalidAgreement',
        `version ${agreement.version} of ${agreement.id} was made meanwhile, or has other parties: read it, then try again`,
      );
    }
    return { accepted: true, version: agreement.version };
  }

  async function agreementBetween(operatorId: OperatorId, seller: PartyId, buyer: PartyId, at: Date): Promise<Agreement | undefined> {
    return inForceAt(await store.agreementVersions(operatorId, seller, buyer), at);
  }

  return {
    route,
    startSession,
    activateAgreement,
    agreementBetween,
    ...createPartners(needs),
    ...createDeliveries({ ...needs, route }),
    command: (operatorId: OperatorId, id: string) => store.command(operatorId, { id }),
    agreements: store.agreements,
    partnerSession: store.partnerSession,
    partnerSessions: store.partnerSessions,
    receivedCdr: store.receivedCdr,
    cdrExchange: store.exchange,
    owedCdrs: store.owedCdrs,
    hostedParties: store.hostedParties,
    partners: store.partners,
    partner: store.partner,
  };
}
