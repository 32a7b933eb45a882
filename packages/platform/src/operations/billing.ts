import type { Clock } from '../kernel/clock.js';
import type { OperatorId, StationId } from '../kernel/ids.js';
import type { BillingModel, Inexpressible } from '../model/billing-model.js';
import type { TariffVersion } from '../model/tariff.js';
import { toBillingModel } from './ykc-billing-model.js';

interface BillingNeeds {
  /** The connectors of a station, the first one by no number. */
  stations: {
    station(operatorId: OperatorId, stationId: StationId): Promise<{ station: { connectors: readonly { number: number }[] } } | undefined>;
    placeOf(
      operatorId: OperatorId,
      stationId: StationId,
      connectorNumber: number,
    ): Promise<{ tariffIds: readonly string[]; place: { timeZone: string } } | undefined>;
  };
  tariffs: { inForce(operatorId: OperatorId, tariffIds: readonly string[], at: Date): Promise<readonly TariffVersion[]> };
  clock: Clock;
}

type ModelOf = { expressible: true; model: BillingModel; tariffs: readonly TariffVersion[] } | ({ expressible: false } & Inexpressible);

/** The tariffs on sale at a pile now as the one model that it can hold: all of its guns charge by the same. */
export function createBilling({ stations, tariffs, clock }: BillingNeeds) {
  const no = (reason: Inexpressible['reason'], detail: string): ModelOf => ({ expressible: false, reason, pointer: '', detail });
  return {
    async modelOf(operatorId: OperatorId, stationId: StationId): Promise<ModelOf> {
      const connectors = (await stations.station(operatorId, stationId))?.station.connectors ?? [];
      const places = await Promise.all(connectors.map(({ number }) => stations.placeOf(operatorId, stationId, number)));
      const ids = new Set(places.map((place) => JSON.stringify(place?.tariffIds ?? [])));
      const first = places[0];
      if (!first || first.tariffIds.length === 0) return no('noTariff', `no tariff is attached to the connectors of ${stationId}`);
      if (ids.size > 1) return no('severalTariffs', `the connectors of ${stationId} have different tariffs`);
      const inForce = await tariffs.inForce(operatorId, first.tariffIds, clock.now());
      const [tariff, ...others] = inForce;
      if (!tariff) return no('noTariff', `none of the tariffs of ${stationId} is on sale now`);
      if (others.length > 0) return no('severalTariffs', `${inForce.length} tariffs hold at ${stationId} at once`);
      const expressed = toBillingModel(tariff.tariff, first.place.timeZone);
      return expressed.expressible ? { ...expressed, tariffs: inForce } : expressed;
    },
  };
}
