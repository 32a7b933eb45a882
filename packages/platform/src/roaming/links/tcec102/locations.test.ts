import { expect } from 'chai';
import fc from 'fast-check';
import { partyId } from '../../../model/party.js';
import { fromEvseStatus, fromLocation, type Station, toEvseStatus, toLocation } from './locations.js';

const at = new Date('2025-03-03T00:00:00Z');
const given = {
  owner: partyId('CN', 'TCE'),
  at,
  statuses: new Map([['3137449320000000000000000A', 'charging' as const]]),
  tariffIds: () => ['P'],
};
const gun = {
  ConnectorID: '3137449320000000000000000A',
  ConnectorType: 4,
  VoltageUpperLimits: 750,
  VoltageLowerLimits: 200,
  Current: 250,
  Power: 120,
  NationalStandard: 2,
};
const station: Station = {
  ...{
    StationID: '10000000000000000001',
    OperatorID: '313744932',
    EquipmentOwnerID: '313744932',
    StationName: '南京路站',
    CountryCode: 'CN',
    AreaCode: '310101',
  },
  ...{
    Address: '南京路1号',
    ServiceTel: '4000000000',
    StationType: 1,
    StationStatus: 50,
    ParkNums: 2,
    StationLng: 121.478,
    StationLat: 31.2284,
    Construction: 10,
  },
  EquipmentInfos: [{ EquipmentID: '31374493200000000000001', EquipmentType: 1, Power: 120, ConnectorInfos: [gun] }],
};
const gunOf = (more: object, of: object = {}) => {
  const equipment = { ...station.EquipmentInfos[0]!, ConnectorInfos: [{ ...gun, ...more }] };
  return toLocation({ ...station, ...of, EquipmentInfos: [equipment] }, given);
};

describe('T/CEC 102 stations and locations', () => {
  it('shows each gun as an EVSE with its live status, at its place on the globe', () => {
    const { location, lost } = toLocation(station, given);
    expect(lost).to.deep.equal([]);
    const [evse] = location.evses;
    expect([evse!.uid, evse!.status, evse!.statusSource]).to.deep.equal([gun.ConnectorID, 'charging', 'partner']);
    expect(evse!.connectors[0]).to.include({ standard: 'GBT_DC', format: 'cable', powerType: 'dc', maxPowerWatt: 120_000 });
    // The converted position lies some 500 m from the one that was sent.
    expect(Number(location.coordinates.longitude)).to.be.closeTo(121.4735, 5e-4);
    expect(Number(location.coordinates.latitude)).to.be.closeTo(31.2304, 5e-4);
    expect(location.publish).to.equal(true);
  });

  it('lets the state of the station stand above that of its guns', () => {
    const status = (StationStatus: number) => gunOf({}, { StationStatus }).location.evses[0]!.status;
    expect([0, 1, 5, 6, 50, 99].map(status)).to.deep.equal(['unknown', 'planned', 'removed', 'inoperative', 'charging', 'unknown']);
  });

  it('counts three phases to neutral, and lists guns that OCPI cannot name', () => {
    const three = gunOf({ ConnectorType: 3, VoltageUpperLimits: 380, Current: 32, Power: 21 }).location.evses[0]!.connectors[0]!;
    expect([three.powerType, three.maxVoltage]).to.deep.equal(['ac3Phase', 219]);
    const { location, lost } = gunOf({ ConnectorType: 5 });
    expect(location.evses).to.deep.equal([]);
    expect(lost.map(({ field }) => field)).to.deep.equal([`ConnectorType of ${gun.ConnectorID}`]);
  });

  it('cuts an address by characters and keeps the whole of it in the list of losses', () => {
    const Address = '路'.repeat(60);
    const { location, lost } = toLocation({ ...station, Address }, given);
    expect([location.address.length, lost]).to.deep.equal([45, [{ field: 'Address', detail: Address }]]);
  });

  it('is itself again on the way back, its position within 0.2 m', () => {
    const china = fc.record({ lng: fc.double({ min: 75, max: 130, noNaN: true }), lat: fc.double({ min: 20, max: 50, noNaN: true }) });
    fc.assert(
      fc.property(china, fc.constantFrom(1, 2, 3, 4), fc.integer({ min: 10, max: 4800 }), ({ lng, lat }, ConnectorType, tenths) => {
        const short = { ...gun, ConnectorID: 'C1', ConnectorType, Power: tenths / 10, VoltageUpperLimits: ConnectorType === 1 ? 220 : 750 };
        const place = { StationLng: Number(lng.toFixed(6)), StationLat: Number(lat.toFixed(6)) };
        const there = toLocation(
          { ...station, ...place, EquipmentInfos: [{ ...station.EquipmentInfos[0]!, ConnectorInfos: [short] }] },
          given,
        );
        const back = fromLocation(there.location, { operatorId: station.OperatorID, phone: station.ServiceTel });
        if (!back.accepted) throw new Error(back.reason);
        expect([there.lost, back.lost]).to.deep.equal([[], []]);
        const again = back.station.EquipmentInfos[0]!.ConnectorInfos[0]!;
        expect([again.ConnectorID, again.ConnectorType, again.Power, again.Current]).to.deep.equal([
          'C1',
          ConnectorType,
          tenths / 10,
          gun.Current,
        ]);
        expect(back.station.StationLng).to.be.closeTo(place.StationLng, 2e-6);
        expect(back.station.StationLat).to.be.closeTo(place.StationLat, 2e-6);
        expect([back.station.StationID, back.station.StationName, back.station.Address]).to.deep.equal([
          station.StationID,
          station.StationName,
          station.Address,
        ]);
      }),
      { numRuns: 200, seed: 102 },
    );
  });

  it('knows every status that has a name on both sides', () => {
    for (const status of ['available', 'blocked', 'charging', 'reserved', 'outOfOrder'] as const)
      expect(toEvseStatus(fromEvseStatus(status))).to.equal(status);
    for (const status of ['inoperative', 'planned', 'removed', 'unknown'] as const) expect(fromEvseStatus(status)).to.equal(0);
  });
});
