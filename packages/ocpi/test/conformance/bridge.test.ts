import { closed, schemaOf, violation } from '@evroam/ocpi';
import { type BridgeContext, type BridgedObject, type BridgeVersion, bridgedObjects, convert } from '@evroam/ocpi/bridge';
import { price, readCdr, readTariff, roundAmount } from '@evroam/ocpi/pricing';
import type { Location, Token } from '@evroam/ocpi/v221';
import { expect } from 'chai';
import { type Entry, folder, manifest, read } from './data.js';

const VERSIONS: readonly BridgeVersion[] = ['2.1.1', '2.2', '2.2.1', '2.3.0'];
const isVersion = (name: string): name is BridgeVersion => (VERSIONS as readonly string[]).includes(name);
const isBridged = (name: string): name is BridgedObject => (bridgedObjects as readonly string[]).includes(name);

/** A location and token for whatever an example names. */
function contextFor(value: unknown): BridgeContext {
  const place = (value as { cdr_location?: object }).cdr_location ?? (value as object);
  const { evse_uid: uid = 'E', connector_id: id = '1' } = place as { evse_uid?: string; connector_id?: string };
  const stamp = { last_updated: '2026-01-01T00:00:00Z' };
  const plug = {
    id,
    standard: 'IEC_62196_T2',
    format: 'SOCKET',
    power_type: 'AC_3_PHASE',
    max_voltage: 230,
    max_amperage: 32,
    ...stamp,
  } as const;
  const location = (locationId: string): Location => ({
    country_code: 'BE',
    party_id: 'BEC',
    id: locationId,
    publish: true,
    address: 'F.Rooseveltlaan 3A',
    city: 'Gent',
    country: 'BEL',
    coordinates: { latitude: '51.0477', longitude: '3.7299' },
    time_zone: 'Europe/Brussels',
    evses: [{ uid, status: 'CHARGING', connectors: [plug], ...stamp }],
    ...stamp,
  });
  const token = (contractId: string): Token => ({
    country_code: 'NL',
    party_id: 'TNM',
    uid: '012345678',
    type: 'RFID',
    contract_id: contractId,
    issuer: 'TheNewMotion',
    valid: true,
    whitelist: 'ALLOWED',
    ...stamp,
  });
  return {
    owner: { country_code: 'BE', party_id: 'BEC' },
    lookup: { location, token, askedToken: () => token('X'), role: () => 'CPO', reservationNumber: () => 1 },
  };
}

describe('the published examples, bridged', () => {
  if (!folder) {
    it('give an object that is valid in each other version, or say why not', function () {
      this.skip();
    });
    return;
  }
  const whole = (entry: Entry) =>
    entry.kind === 'full' && entry.valid_json && entry.conforms_to_tables && isVersion(entry.version) && isBridged(entry.object);
  const entries = manifest().filter(whole);

  it('are many', () => {
    expect(entries.length).to.be.greaterThan(100);
  });

  for (const { file, version, object } of entries) {
    it(`${file}: valid in each other version, or impossible for a reason`, () => {
      const value: unknown = JSON.parse(read(file));
      for (const to of VERSIONS) {
        const { result, losses } = convert(version as BridgeVersion, to, object as BridgedObject, value, contextFor(value));
        if (result === undefined)
          expect(
            losses.some(({ kind }) => kind === 'impossible'),
            JSON.stringify(losses),
          ).to.equal(true);
        else {
          const name = to === '2.1.1' && object === 'CommandResult' ? 'CommandResponse' : object;
          expect(violation(closed(schemaOf(to, name)!), result), to).to.equal(undefined);
        }
      }
    });
  }

  it('carry a CDR and its price from 2.1.1 to 2.3.0: 118 minutes in steps of five are 4.00', () => {
    const old = JSON.parse(read('2.1.1/cdr.json')) as { tariffs: readonly unknown[]; total_cost: number };
    const cost = (version: '2.1.1' | '2.3.0', cdr: unknown, tariffs: readonly unknown[]) => {
      const { lines } = price(
        tariffs.map((tariff) => readTariff(version, tariff)),
        readCdr(version, cdr),
      );
      return roundAmount(
        lines.map(({ amount }) => amount),
        'EUR',
      ).beforeTaxes;
    };
    expect(cost('2.1.1', old, old.tariffs)).to.equal(400n);
    // Its tariff writes the price as text, which no schema allows: as a number it is carried.
    const text = JSON.stringify(old).replace('"2.00"', '2');
    const { result } = convert('2.1.1', '2.3.0', 'CDR', JSON.parse(text), contextFor({}));
    const carried = result as { tariffs: readonly unknown[]; total_cost: unknown };
    expect(carried.total_cost).to.deep.equal({ before_taxes: old.total_cost });
    expect(cost('2.3.0', carried, carried.tariffs)).to.equal(400n);
  });
});
