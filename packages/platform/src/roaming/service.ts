import type { OperatorId, PartnerId } from '../kernel/ids.js';
import type { Quirks } from './partner.js';
import type { ApprovalsPort, ChargingPort, SigningPort, StationsPort, TariffsPort, UsersPort } from './ports.js';
import { createAgreements } from './service/agreements.js';
import { createAsking } from './service/asking.js';
import { createDeliveries, type DeliveriesNeeds } from './service/deliveries.js';
import { createEverybody } from './service/everybody.js';
import { createOwnDrivers } from './service/own-drivers.js';
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
  const { store, newId } = needs;

  const routing = createRouting(needs);
  const everybody = createEverybody(needs);
  const reach = createReach({ ...needs, ...routing, ...everybody });

  return {
    route: routing.route,
    heardResult: routing.heardResult,
    sweepCommands: routing.sweepCommands,
    ...createOwnDrivers({ ...needs, ...routing }),
    ...createAsking({ ...routing, newId }),
    ...createAgreements(needs),
    ...createPartners(needs),
    ...reach,
    ...createDeliveries({ ...needs, ...routing, ...reach, ...everybody }),
    putRule: store.putRule,
    reachable: store.parties,
    command: store.command,
    activeProfile: store.activeProfile,
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
