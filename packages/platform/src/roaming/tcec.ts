import type { OperatorId, PartnerId } from '../kernel/ids.js';
import type { EvseRef } from '../model/location.js';
import type { PartyId } from '../model/party.js';
import type { TariffVersion } from '../model/tariff.js';
import type { Token } from '../model/token.js';

/** How a partner of T/CEC 102 is reached and known. Each direction has keys of its own, sealed under the server's key. */
export interface TcecPeer {
  operatorId: OperatorId;
  partnerId: PartnerId;
  /** Its operator id (组织机构代码), nine characters; it calls under it. */
  theirId: string;
  /** Ours, as this partner knows us. */
  ourId: string;
  /** How it spells the standard, by name. */
  dialect: string;
  /** All of its URL before the interface; absent until it has joined. */
  url?: string;
  /** The keys that it gave us, to call it. */
  sealedGiven?: string;
  /** The keys that we gave it, to call us. */
  sealedIssued: string;
  updatedAt: Date;
}

/** A gun (充电设备接口) and the EVSE that it is. */
export interface Gun extends Omit<EvseRef, 'connectorId'> {
  connectorId: string;
  stationId: string;
}

/** `asked`: a driver of ours charges at the partner's pile. `taken`: a driver of the partner's charges through us. */
export type OrderSide = 'asked' | 'taken';

/** 1 starting, 2 charging, 3 stopping, 4 ended, 5 unknown. T/CEC 102.3-2016 */
export type OrderState = 1 | 2 | 3 | 4 | 5;

/** An order (订单) from the request to start until its bill: what links a StartChargeSeq to a command, a session and a driver. */
export interface TcecOrder {
  operatorId: OperatorId;
  partnerId: PartnerId;
  seq: string;
  side: OrderSide;
  gun: Gun;
  token: Token;
  /** Who bears the bill, and who asked. */
  buyer: PartyId;
  /** Our command that started it, and the one that stops it. */
  startCommand?: string;
  stopCommand?: string;
  authorizationReference?: string;
  /** What it costs, as the partner said before it began; of an order at its pile. */
  tariff?: TariffVersion;
  sessionId?: string;
  /** That it has begun was told to the partner. */
  beginningTold?: true;
  state: OrderState;
  startedAt: Date;
}

/** What came of one day's comparison of orders with a partner. */
export interface OrderCheck {
  partnerId: PartnerId;
  /** The day in China, yyyy-MM-dd. */
  day: string;
  byWhom: 'us' | 'them';
  orders: number;
  differences: readonly {
    seq: string;
    reason: string;
    ours?: { power: number; money: number };
    theirs?: { power: number; money: number };
  }[];
  checkedAt: Date;
}
