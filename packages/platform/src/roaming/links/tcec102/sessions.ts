import { type ChargeStatus, type Infer, timeOf, timeText } from '@evroam/gbt-adapter/tcec102';
import type { Cdr } from '../../../model/cdr.js';
import type { Connector, Evse, Location } from '../../../model/location.js';
import type { PartyId } from '../../../model/party.js';
import type { Session } from '../../../model/session.js';
import type { Token, TokenRef } from '../../../model/token.js';
import type { OrderState, TcecOrder } from '../../tcec.js';
import { type Fees, type OrderFacts, toStatus } from './orders.js';
import { fromMilliWh, fromNano, scaled, toNano } from './values.js';

export type Status = Infer<typeof ChargeStatus>;

const MONEY_PLACES = 2;
/** Energy as partners write it in a running order; the joint test has three places. */
const ENERGY_PLACES = 6;
const CNY = 'CNY';

/** What every session and CDR of an order repeats. */
export const refOf = ({ issuer, uid, type, contractId }: Token): TokenRef => ({ issuer, uid, type, contractId });

/** An order at a partner's pile as its session. What the partner does not know leaves the session as it was, and never unbills it. */
export function toSession(order: TcecOrder, owner: PartyId, status: Status, before: Session | undefined, now: Date): Session {
  const startedAt = timeOf(status.StartTime) ?? before?.startedAt ?? order.startedAt;
  const sampledAt = timeOf(status.EndTime) ?? now;
  const told = scaled(status.TotalPower, ENERGY_PLACES);
  // Energy never goes back: a status that came late says less than is known.
  const energyMilliWh = Math.max(before?.energyMilliWh ?? 0, told === undefined || told < 0n ? 0 : Number(told));
  const { status: state } = toStatus(status.StartChargeSeqStat, before?.status, energyMilliWh);
  const total = status.TotalMoney === undefined ? undefined : toNano(status.TotalMoney, MONEY_PLACES);
  const isOver = state === 'completed' || state === 'invalid';
  const seconds = Math.max(0, Math.round((sampledAt.getTime() - startedAt.getTime()) / 1000));
  return {
    ...common(order, owner),
    ...{ status: state, startedAt, energyMilliWh, currency: CNY },
    ...(isOver ? { endedAt: new Date(Math.max(sampledAt.getTime(), startedAt.getTime())) } : {}),
    periods: [{ startedAt, energyMilliWh, chargingSeconds: seconds, parkingSeconds: 0 }],
    ...(total === undefined ? {} : { total: { taxes: [], afterTaxes: total } }),
    updatedAt: now,
  };
}

/** The bill ends the order: its session is what was billed. */
export function billedSession(order: TcecOrder, owner: PartyId, facts: OrderFacts, now: Date): Session {
  const { startedAt, endedAt, energyMilliWh, periods, total } = facts;
  return {
    ...common(order, owner),
    ...{ status: 'completed', startedAt, endedAt, energyMilliWh, periods, total, currency: CNY, updatedAt: now },
  };
}

const common = ({ seq, token, gun, authorizationReference }: TcecOrder, owner: PartyId) => ({
  ...{ id: seq, owner, token: refOf(token), authMethod: 'command' as const },
  ...(authorizationReference === undefined ? {} : { authorizationReference }),
  place: { owner, locationId: gun.locationId, evseUid: gun.evseUid, connectorId: '1' },
});

/** The bill of an order at a partner's pile as a CDR, under the order's own sequence. */
export function toCdr(
  order: TcecOrder,
  { facts, fees }: { facts: OrderFacts; fees: Fees },
  { location, evse, connector }: { location: Location; evse: Evse; connector: Connector },
  now: Date,
): Cdr {
  const { owner, name, address, city, postalCode, country, coordinates, timeZone } = location;
  const { standard, format, powerType } = connector;
  const { place, id: _, ...shared } = common(order, owner);
  const amount = (afterTaxes: bigint) => ({ taxes: [], afterTaxes });
  return {
    ...{ ...shared, ...facts, owner, id: order.seq, sessionId: order.seq, currency: CNY },
    place: {
      ...{ ...place, connectorId: connector.id, address, city, country, coordinates, standard, format, powerType, timeZone },
      ...(name === undefined ? {} : { name }),
      ...(postalCode === undefined ? {} : { postalCode }),
      ...(evse.evseId === undefined ? {} : { evseId: evse.evseId }),
    },
    tariffs: order.tariff ? [order.tariff] : [],
    fees: { electricity: amount(fees.electricity), service: amount(fees.service) },
    updatedAt: now,
  };
}

/** A session at a station that we show, as its partner hears of it. Currents and voltages are not known here: 0 is the standard's default. */
export function fromSession(order: TcecOrder, session: Session | undefined, now: Date): Status {
  const state = stateOf(order, session);
  const total = session?.total?.afterTaxes;
  return {
    ...{ StartChargeSeq: order.seq, StartChargeSeqStat: state, ConnectorID: order.gun.connectorId, ConnectorStatus: state === 2 ? 3 : 2 },
    ...{ CurrentA: 0, VoltageA: 0, Soc: 0 },
    StartTime: timeText(session?.startedAt ?? order.startedAt),
    EndTime: timeText(session?.endedAt ?? session?.updatedAt ?? now),
    TotalPower: fromMilliWh(session?.energyMilliWh ?? 0).kwh,
    ...(total === undefined || session?.currency !== CNY ? {} : { TotalMoney: fromNano(total, MONEY_PLACES).value }),
  };
}

export function stateOf(order: TcecOrder, session: Session | undefined): OrderState {
  switch (session?.status) {
    case undefined:
      return order.state;
    case 'pending':
    case 'reservation':
      return 1;
    case 'active':
      return order.stopCommand === undefined ? 2 : 3;
    case 'completed':
    case 'invalid':
      return 4;
  }
}
