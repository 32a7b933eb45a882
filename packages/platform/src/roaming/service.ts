import type { OperatorId } from '../kernel/ids.js';
import { type Accepted, type Refused, refuse } from '../kernel/refusal.js';
import type { Agreement } from '../model/agreement.js';
import type { PartyId } from '../model/party.js';
import { agreementFault, inForceAt } from './agreement.js';
import type { ChargingPort, SigningPort, StationsPort, TariffsPort, UsersPort } from './ports.js';
import { createDeliveries, type DeliveriesNeeds } from './service/deliveries.js';
import { createPartners } from './service/partners.js';
import { createReach, type ReachNeeds } from './service/reach.js';
import { createRouting, type RoutingNeeds } from './service/routing.js';

export interface RoamingNeeds extends RoutingNeeds {
  charging: ChargingPort;
  stations: StationsPort;
  users: UsersPort;
  tariffs: TariffsPort;
  ping: ReachNeeds['ping'];
  signing: SigningPort;
  serverKey: Buffer;
  /** A CDR in the form in which a party gets it; undefined while its partner cannot be called. */
  represent: DeliveriesNeeds['represent'];
}

export type RoamingService = ReturnType<typeof createService>;

export function createService(needs: RoamingNeeds) {
  const { store, users, newId } = needs;

  const routing = createRouting(needs);
  const reach = createReach({ ...needs, ...routing });

  /** An own driver wants to charge, here or at a partner's station; the way is the same. */
  async function startSession(
    operatorId: OperatorId,
    wish: { issuer: PartyId; tokenUid: string; owner: PartyId; locationId: string; evseUid?: string; connectorId?: string },
  ): Promise<Accepted<{ commandId: string; authorizationReference: string }> | Refused<string>> {
    const { issuer, tokenUid, owner, ...place } = wish;
    const token = await users.token(operatorId, issuer, tokenUid);
    if (!token) return refuse('unknownToken', `${issuer} has no token ${tokenUid}`);
    const authorizationReference = newId();
    const reply = await routing.route({
      kind: 'startSession',
      operatorId,
      from: issuer,
      to: owner,
      correlation: newId(),
      typed: () => ({ token, ...place, authorizationReference, replyTo: { commandId: '' } }),
    });
    return reply.accepted ? { accepted: true, commandId: reply.commandId ?? '', authorizationReference } : reply;
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
    route: routing.route,
    heardResult: routing.heardResult,
    sweepCommands: routing.sweepCommands,
    startSession,
    activateAgreement,
    agreementBetween,
    ...createPartners(needs),
    ...reach,
    ...createDeliveries({ ...needs, ...routing, ...reach }),
    putRule: store.putRule,
    reachable: store.parties,
    command: store.command,
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
