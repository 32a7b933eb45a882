import type { OperatorId, SessionId, StationId } from '../../../kernel/ids.js';
import type { BillingModel, Inexpressible } from '../../../model/billing-model.js';
import type { HeardBill } from '../../../model/heard.js';
import type { TariffVersion } from '../../../model/tariff.js';
import type { ChargingPort } from '../../ports.js';

/** What charging also hears from piles. */
export interface PileChargingPort extends ChargingPort {
  heardBill(
    operatorId: OperatorId,
    bill: HeardBill,
  ): Promise<{ accepted: true; sessionId?: SessionId } | { accepted: false; reason: 'unknownConnector'; detail?: string }>;
}

/** The tariffs on sale at a pile now, as what it can charge by; or why it cannot. */
export interface BillingPort {
  modelOf(
    operatorId: OperatorId,
    stationId: StationId,
  ): Promise<{ expressible: true; model: BillingModel; tariffs: readonly TariffVersion[] } | ({ expressible: false } & Inexpressible)>;
}
