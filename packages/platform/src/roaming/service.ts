import type { OperatorId, PartnerId } from '../kernel/ids.js';
import { type Accepted, type Refused, refuse } from '../kernel/refusal.js';
import type { PartyId } from '../model/party.js';
import type { Quirks } from './partner.js';
import type { ApprovalsPort, ChargingPort, SigningPort, StationsPort, TariffsPort, UsersPort } from './ports.js';
import { createAgreements } from './service/agreements.js';
import { createAsking } from './service/asking.js';
import { createDeliveries, type DeliveriesNeeds } from './service/deliveries.js';
import { createEverybody } from './service/everybody.js';
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
  approvals: ApprovalsPort;
  serverKey: Buffer;
  /** A CDR in the form in which a party gets it; undefined while its partner cannot be called. */
  represent: DeliveriesNeeds['represent'];
  failed: DeliveriesNeeds['failed'];
}

export type RoamingService = ReturnType<typeof createService>;

export function createService(needs: RoamingNeeds) {
  const { store, users, newId } = needs;

  const routing = createRouting(needs);
  const everybody = createEverybody(needs);
  const reach = createReach({ ...needs, ...routing, ...everybody });

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

  return {
    route: routing.route,
    heardResult: routing.heardResult,
    sweepCommands: routing.sweepCommands,
    startSession,
    ...createAsking({ ...routing, newId }),
    ...createAgreements(needs),
    ...createPartners(needs),
    ...reach,
    ...createDeliveries({ ...needs, ...routing, ...reach, ...everybody }),
    putRule: store.putRule,
    reachable: store.parties,
    command: store.command,
    agreements: store.agreements,
    agreementHistory: store.history,
    agreementDraft: store.draft,
    agreementDrafts: store.drafts,
    partnerSessions: store.partnerSessions,
    partnerSessionsOf: store.partnerSessionsOf,
    receivedCdrs: store.receivedCdrs,
    cdrExchange: store.exchange,
    owedCdrs: store.owedCdrs,
    cdrLosses: store.cdrLosses,
    hostedParties: store.hostedParties,
    imports: store.imports,
    quarantined: store.quarantined,
    cdrConflicts: store.cdrConflicts,
    partners: store.partners,
    partner: store.partnerNow,
    setQuirks: (operatorId: OperatorId, id: PartnerId, quirks: Quirks) => store.saveQuirks(operatorId, id, quirks, needs.clock.now()),
  };
}
