import { boolean, degrees, type Infer, integer, list, object, oneOf, optional, some, text } from '@evroam/ocpi';
import { Capability, ConnectorType, Location as WireLocation } from '@evroam/ocpi/v221';
import type { Evse, Location } from '../model/location.js';
import type { PartyId } from '../model/party.js';

const ConnectorInput = object({
  id: text(36),
  standard: ConnectorType,
  format: oneOf('socket', 'cable'),
  powerType: oneOf('ac1Phase', 'ac2Phase', 'ac2PhaseSplit', 'ac3Phase', 'dc'),
  maxVoltage: integer,
  maxAmperage: integer,
  maxPowerWatt: optional(integer),
  tariffIds: optional(list(text(36))),
});

const EvseInput = object({
  uid: text(36),
  evseId: optional(text(48)),
  capabilities: optional(list(Capability)),
  connectors: some(ConnectorInput),
});

/** An own location as an operator writes it; statuses and times are ours to say. Lengths are OCPI's, so that every partner can be told. */
export const LocationInput = object({
  name: optional(text(255)),
  address: text(45),
  city: text(45),
  postalCode: optional(text(10)),
  country: text(3),
  coordinates: object({ latitude: degrees(10), longitude: degrees(11) }),
  timeZone: text(255),
  publish: optional(boolean),
  evses: list(EvseInput),
});

export const StationInput = object({
  id: text(48),
  owner: text(6),
  locationId: text(36),
  connectors: some(object({ number: integer, evseUid: text(36), connectorId: text(36) })),
});

/** A location as OCPI 2.2.1 writes it (8.3). */
export const OcpiLocation = WireLocation;
export type OcpiLocation = Infer<typeof WireLocation>;

/** A location from a file, with the statuses that we know of its EVSEs. */
export function withKnownStatus(location: Location, known: Location | undefined, now: Date): Location {
  return {
    ...location,
    evses: location.evses.map((evse): Evse => {
      const before = known?.evses.find(({ uid }) => uid === evse.uid);
      const lives = before && before.status !== 'removed';
      return {
        ...evse,
        status: lives ? before.status : 'unknown',
        statusSource: before?.statusSource ?? 'operator',
        statusAt: before?.statusAt ?? now,
        updatedAt: now,
      };
    }),
    updatedAt: now,
  };
}

/** Whether a station may work, and whether its messages may deviate. */
export const StationChange = object({ registration: optional(oneOf('accepted', 'pending', 'rejected')), lenient: optional(boolean) });

/** The location with what we know of its EVSEs already: their statuses come from the stations. */
export function toLocation(
  input: Infer<typeof LocationInput>,
  owner: PartyId,
  id: string,
  known: Location | undefined,
  now: Date,
): Location {
  const { evses, publish = true, ...rest } = input;
  return {
    owner,
    id,
    ...rest,
    publish,
    evses: evses.map(({ uid, evseId, capabilities = [], connectors }): Evse => {
      const before = known?.evses.find((evse) => evse.uid === uid);
      return {
        uid,
        ...(evseId === undefined ? {} : { evseId }),
        status: before && before.status !== 'removed' ? before.status : 'unknown',
        statusSource: before?.statusSource ?? 'operator',
        statusAt: before?.statusAt ?? now,
        capabilities,
        connectors: connectors.map(({ tariffIds = [], ...connector }) => ({ ...connector, tariffIds, updatedAt: now })),
        updatedAt: now,
      };
    }),
    updatedAt: now,
  };
}
