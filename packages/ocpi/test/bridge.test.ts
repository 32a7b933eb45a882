import { closed, schemaOf, violation } from '@evroam/ocpi';
import { type BridgeContext, type BridgeVersion, bridge, bridgedObjects, convert, type Loss } from '@evroam/ocpi/bridge';
import type { CDR as Cdr221, Location, Session as Session221, Tariff as Tariff221, Token } from '@evroam/ocpi/v221';
import type { CDR as Cdr230, Tariff as Tariff230 } from '@evroam/ocpi/v230';
import { expect } from 'chai';
import fc from 'fast-check';
import { arbitraryOf } from './arbitrary.js';

const runs = process.env.EVROAM_EFFORT === 'long' ? 1000 : 40;
const seed = process.env.EVROAM_SEED ? Number(process.env.EVROAM_SEED) : 2;
const owner = { country_code: 'NL', party_id: 'CPO' };
const CHANGED = '2026-01-05T10:00:00Z';

const token: Token = {
  country_code: 'DE',
  party_id: 'MSP',
  uid: '04E91C5A',
  type: 'RFID',
  contract_id: 'DE-MSP-C1',
  issuer: 'MSP',
  valid: true,
  whitelist: 'NEVER',
  last_updated: CHANGED,
};
const location: Location = {
  ...owner,
  id: 'LOC1',
  publish: true,
  address: 'Straat 1',
  city: 'Utrecht',
  postal_code: '3511AA',
  country: 'NLD',
  coordinates: { latitude: '52.0907', longitude: '5.1214' },
  time_zone: 'Europe/Amsterdam',
  parking_type: 'ON_STREET',
  evses: [
    {
      uid: 'E1',
      evse_id: 'NL*CPO*E1',
      status: 'CHARGING',
      connectors: [
        {
          id: '1',
          standard: 'IEC_62196_T2',
          format: 'SOCKET',
          power_type: 'AC_3_PHASE',
          max_voltage: 230,
          max_amperage: 32,
          tariff_ids: ['T1', 'T2'],
          last_updated: CHANGED,
        },
        {
          id: '2',
          standard: 'GBT_AC',
          format: 'SOCKET',
          power_type: 'AC_3_PHASE',
          max_voltage: 230,
          max_amperage: 32,
          last_updated: CHANGED,
        },
      ],
      last_updated: CHANGED,
    },
  ],
  last_updated: CHANGED,
};
const context: BridgeContext = {
  owner,
  lookup: {
    location: (id) => ({ ...location, id }),
    token: (contractId) => ({ ...token, contract_id: contractId }),
    askedToken: () => token,
    timeZone: () => 'Europe/Amsterdam',
    taxPercentage: () => 25,
    reservationNumber: () => 7,
    role: () => 'CPO',
    reachable: () => [{ ...owner, role: 'CPO', business_details: { name: 'CPO' } }],
  },
};

/** Names of one thing in the three versions, so that a loss told in one is found in another. */
const NAMES: Readonly<Record<string, string>> = {
  start_datetime: 'start',
  start_date_time: 'start',
  end_datetime: 'end',
  end_date_time: 'end',
  stop_date_time: 'end',
  voltage: 'max_voltage',
  amperage: 'max_amperage',
  tariff_id: 'tariff_ids',
  parking_type: 'type',
  source: 'category',
  excl_vat: 'before_taxes',
  incl_vat: 'taxes',
  after_taxes: 'taxes',
  cdr_location: 'location',
  location_id: 'location',
  evse_uid: 'location',
  connector_power_type: 'evses/connectors/power_type',
  connector_standard: 'evses/connectors/standard',
  connector_id: 'location',
  auth_id: 'cdr_token',
  hub_party_id: 'roles',
};
const path = (pointer: string) =>
  pointer
    .split('/')
    .filter((part) => part !== '' && !/^\d+$/.test(part))
    .map((part) => NAMES[part] ?? part)
    .join('/');

interface Difference {
  readonly pointer: string;
  /** The place was empty and is not any more. */
  readonly added: boolean;
}

/** The places where two values differ; an empty list and an absent one are the same. */
function differences(a: unknown, b: unknown, at = ''): Difference[] {
  if (a === b) return [];
  const empty = (x: unknown) => x === undefined || (Array.isArray(x) && x.length === 0);
  if (empty(a) && empty(b)) return [];
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return [{ pointer: at, added: a === undefined }];
  if (Array.isArray(a) && Array.isArray(b) && a.length !== b.length) return [{ pointer: at, added: false }];
  const [left, right] = [a as Record<string, unknown>, b as Record<string, unknown>];
  return [...new Set([...Object.keys(left), ...Object.keys(right)])].flatMap((key) => differences(left[key], right[key], `${at}/${key}`));
}

/** Differences that no loss tells of: a loss covers what lies at, below or above it; an invention only what was not there. */
function untold(original: unknown, back: unknown, losses: readonly Loss[]): string[] {
  const covers = (loss: Loss, { pointer, added }: Difference) => {
    if (loss.kind === 'invented' && !added) return false;
    const [here, there] = [path(pointer), path(loss.pointer)];
    return here === there || here.startsWith(`${there}/`) || there.startsWith(`${here}/`);
  };
  return differences(original, back)
    .filter((difference) => !losses.some((loss) => covers(loss, difference)))
    .map(({ pointer }) => pointer);
}

/** A Session or CDR that was charged at the location and connector that are known. */
function placed(value: Record<string, unknown>): Record<string, unknown> {
  if ('location_id' in value) return { ...value, location_id: 'LOC1', evse_uid: 'E1', connector_id: '1' };
  if ('cdr_location' in value)
    return { ...value, cdr_location: { ...(value.cdr_location as object), id: 'LOC1', evse_uid: 'E1', connector_id: '1' } };
  if ('location' in value && 'auth_id' in value) {
    const [evse] = location.evses!;
    const plug = {
      id: '1',
      standard: 'IEC_62196_T2',
      format: 'SOCKET',
      power_type: 'DC',
      voltage: 400,
      amperage: 100,
      last_updated: CHANGED,
    };
    return {
      ...value,
      location: {
        ...(value.location as object),
        evses: [{ uid: evse!.uid, status: 'CHARGING', connectors: [plug], last_updated: CHANGED }],
      },
    };
  }
  return value;
}

describe('bridges, there and back', () => {
  const ways: readonly (readonly [BridgeVersion, BridgeVersion])[] = [
    ['2.1.1', '2.2.1'],
    ['2.2.1', '2.1.1'],
    ['2.2.1', '2.3.0'],
    ['2.3.0', '2.2.1'],
    ['2.1.1', '2.3.0'],
    ['2.3.0', '2.1.1'],
    ['2.2', '2.2.1'],
    ['2.2.1', '2.2'],
  ];
  for (const [from, to] of ways) {
    for (const name of bridgedObjects) {
      const schema = schemaOf(from, from === '2.1.1' && name === 'CommandResult' ? 'CommandResponse' : name);
      if (!schema) continue;
      it(`${name} from ${from} to ${to}: valid there, and nothing is lost that is not listed`, () => {
        let carried = 0;
        fc.assert(
          fc.property(arbitraryOf(schema), (generated) => {
            const value = placed(generated as Record<string, unknown>);
            const there = convert(from, to, name, value, context);
            if (there.result === undefined) {
              expect(there.losses.some(({ kind }) => kind === 'impossible')).to.equal(true);
              return;
            }
            const target = schemaOf(to, to === '2.1.1' && name === 'CommandResult' ? 'CommandResponse' : name)!;
            expect(violation(closed(target), there.result)).to.equal(undefined);
            const back = convert(to, from, name, there.result, context);
            if (back.result === undefined) return;
            carried += 1;
            expect(untold(value, back.result, [...there.losses, ...back.losses])).to.deep.equal([]);
          }),
          { numRuns: runs, seed },
        );
        const never = (from === '2.1.1' || to === '2.1.1') && name === 'CancelReservation';
        const known = schemaOf(to, to === '2.1.1' && name === 'CommandResult' ? 'CommandResponse' : name) !== undefined;
        expect(carried > 0, `${carried} came back`).to.equal(known && !never);
      });
    }
  }

  it('leaves the losses empty only where the object comes back as it was', () => {
    const there = bridge('2.2.1', '2.3.0', 'Location', location, context);
    expect(there).to.deep.equal({ result: location, losses: [] });
  });
});

describe('bridges of money', () => {
  const tariff: Tariff221 = {
    ...owner,
    id: 'T1',
    currency: 'EUR',
    elements: [
      { price_components: [{ type: 'ENERGY', price: 0.25, vat: 10, step_size: 1 }] },
      { price_components: [{ type: 'TIME', price: 5, step_size: 60 }], restrictions: { reservation: 'RESERVATION' } },
    ],
    min_price: { excl_vat: 0.5, incl_vat: 0.55 },
    last_updated: CHANGED,
  };

  it('tells a tariff of 2.2.1 as one whose prices exclude taxes', () => {
    const { result, losses } = bridge('2.2.1', '2.3.0', 'Tariff', tariff, context);
    expect(result?.tax_included).to.equal('NO');
    expect(result?.min_price).to.deep.equal({ before_taxes: 0.5, after_taxes: 0.55 });
    expect(losses.map(({ kind, pointer }) => `${kind} ${pointer}`)).to.deep.equal(['invented /tax_included']);
  });

  it('leaves out an element whose restriction 2.1.1 cannot say, since it would hold too often', () => {
    const { result, losses } = bridge('2.2.1', '2.1.1', 'Tariff', tariff, context);
    expect(result?.elements).to.deep.equal([{ price_components: [{ type: 'ENERGY', price: 0.25, step_size: 1 }] }]);
    expect(losses.map(({ kind, pointer }) => `${kind} ${pointer}`)).to.have.members([
      'dropped /elements/1',
      'dropped /min_price',
      'dropped /elements/0/price_components/0/vat',
    ]);
  });

  it('takes the taxes out of a price that includes them, where that is exact, and else refuses', () => {
    const included = (price: number, vat?: number): Tariff230 => ({
      ...owner,
      id: 'T2',
      currency: 'CAD',
      tax_included: 'YES',
      elements: [{ price_components: [{ type: 'TIME', price, step_size: 1, ...(vat === undefined ? {} : { vat }) }] }],
      last_updated: CHANGED,
    });
    expect(bridge('2.3.0', '2.2.1', 'Tariff', included(2.1, 5), context).result?.elements[0]?.price_components[0]).to.deep.equal({
      type: 'TIME',
      price: 2,
      step_size: 1,
      vat: 5,
    });
    expect(bridge('2.3.0', '2.2.1', 'Tariff', included(2.5), context).result?.elements[0]?.price_components[0]?.price).to.equal(2);
    expect(bridge('2.3.0', '2.2.1', 'Tariff', included(1, 21), context).result).to.equal(undefined);
    expect(bridge('2.3.0', '2.2.1', 'Tariff', included(2.5), { owner }).losses[1]?.message).to.include('not known');
  });

  const cdr: Cdr221 = {
    ...owner,
    id: 'C1',
    start_date_time: CHANGED,
    end_date_time: '2026-01-05T11:00:00Z',
    cdr_token: { country_code: 'DE', party_id: 'MSP', uid: '04E91C5A', type: 'RFID', contract_id: 'DE-MSP-C1' },
    auth_method: 'WHITELIST',
    cdr_location: {
      id: 'LOC1',
      address: 'Straat 1',
      city: 'Utrecht',
      country: 'NLD',
      coordinates: { latitude: '52.0907', longitude: '5.1214' },
      evse_uid: 'E1',
      evse_id: 'NL*CPO*E1',
      connector_id: '1',
      connector_standard: 'IEC_62196_T2',
      connector_format: 'SOCKET',
      connector_power_type: 'AC_3_PHASE',
    },
    currency: 'EUR',
    charging_periods: [{ start_date_time: CHANGED, dimensions: [{ type: 'ENERGY', volume: 20.1234 }] }],
    total_cost: { excl_vat: 0.1, incl_vat: 0.3 },
    total_energy: 20.1234,
    total_time: 1,
    last_updated: CHANGED,
  };

  it('subtracts decimals, not doubles', () => {
    const { result } = bridge('2.2.1', '2.3.0', 'CDR', cdr, context);
    expect(result?.total_cost).to.deep.equal({ before_taxes: 0.1, taxes: [{ name: 'VAT', amount: 0.2 }] });
    expect(bridge('2.3.0', '2.2.1', 'CDR', result!, context)).to.deep.equal({ result: cdr, losses: [] });
  });

  it('tells no tax from a tax that is not known', () => {
    const cost = (total: Cdr221['total_cost']) =>
      bridge('2.2.1', '2.3.0', 'CDR', { ...cdr, total_cost: total }, context).result?.total_cost;
    expect(cost({ excl_vat: 1 })).to.deep.equal({ before_taxes: 1 });
    expect(cost({ excl_vat: 1, incl_vat: 1 })).to.deep.equal({ before_taxes: 1, taxes: [] });
  });

  it('adds several taxes up and lists their names', () => {
    const taxed: Cdr230 = {
      ...bridge('2.2.1', '2.3.0', 'CDR', cdr, context).result!,
      total_cost: {
        before_taxes: 10,
        taxes: [
          { name: 'GST', percentage: 5, amount: 0.5 },
          { name: 'QST', account_number: 'Q1', amount: 0.9975 },
        ],
      },
    };
    const { result, losses } = bridge('2.3.0', '2.2.1', 'CDR', taxed, context);
    expect(result?.total_cost).to.deep.equal({ excl_vat: 10, incl_vat: 11.4975 });
    expect(losses.map(({ pointer }) => pointer)).to.deep.equal([
      '/total_cost/taxes/0/name',
      '/total_cost/taxes/0/percentage',
      '/total_cost/taxes/1/name',
      '/total_cost/taxes/1/account_number',
      '/total_cost/taxes',
    ]);
  });

  it('refuses a credit to 2.1.1, which could not tell it from a CDR', () => {
    expect(bridge('2.2.1', '2.1.1', 'CDR', { ...cdr, credit: true, credit_reference_id: 'C0' }, context).result).to.equal(undefined);
  });

  it('embeds the location in a CDR of 2.1.1 as the CDR tells it, with the connector that was used', () => {
    const { result } = bridge('2.2.1', '2.1.1', 'CDR', cdr, context);
    expect(
      result?.location.evses?.map(({ connectors }) => connectors.map(({ id, voltage, tariff_id }) => [id, voltage, tariff_id])),
    ).to.deep.equal([[['1', 230, 'T1']]]);
    expect(result?.location.postal_code).to.equal('#NA');
    expect([result?.auth_id, result?.total_cost, result?.stop_date_time]).to.deep.equal(['DE-MSP-C1', 0.1, '2026-01-05T11:00:00Z']);
    expect(bridge('2.2.1', '2.1.1', 'CDR', cdr, { owner }).losses.map(({ pointer, message }) => `${pointer} ${message}`)).to.include(
      '/cdr_location location LOC1 is not known, and 2.1.1 embeds the whole location',
    );
  });
});

describe('bridges of places, tokens, commands and credentials', () => {
  it('leaves out a connector that 2.1.1 has no word for, and does not show what is not to be published', () => {
    const { result, losses } = bridge('2.2.1', '2.1.1', 'Location', location, context);
    expect(result?.evses?.[0]?.connectors.map(({ id }) => id)).to.deep.equal(['1']);
    expect(losses.map(({ kind, pointer }) => `${kind} ${pointer}`)).to.include.members([
      'dropped /evses/0/connectors/1',
      'dropped /evses/0/connectors/0/tariff_ids/1',
    ]);
    expect(bridge('2.2.1', '2.1.1', 'Location', { ...location, publish: false }, context).result).to.equal(undefined);
  });

  it('bridges the body of a PATCH without asking for what it does not change', () => {
    const patch = { kwh: 3.5, total_cost: { excl_vat: 1, incl_vat: 1.21 }, last_updated: CHANGED };
    const partial = { ...context, partial: true };
    expect(convert('2.2.1', '2.3.0', 'Session', patch, partial)).to.deep.equal({
      result: { kwh: 3.5, total_cost: { before_taxes: 1, taxes: [{ name: 'VAT', amount: 0.21 }] }, last_updated: CHANGED },
      losses: [],
    });
    expect(convert('2.2.1', '2.1.1', 'Session', { status: 'RESERVATION', last_updated: CHANGED }, partial).result).to.deep.equal({
      status: 'PENDING',
      last_updated: CHANGED,
    });
  });

  it('never cuts an id: an object whose id is too long does not pass', () => {
    const long = { ...location, id: 'X'.repeat(39) };
    const { result, losses } = convert('2.3.0', '2.2.1', 'Location', long, context);
    expect(result).to.equal(undefined);
    expect(losses.at(-1)).to.include({ kind: 'impossible', pointer: '/id' });
  });

  it('cuts an address for a CDR of 2.1.1, and says so', () => {
    const known = { ...context, lookup: { ...context.lookup, location: () => ({ ...location, address: 'x'.repeat(100) }) } };
    const session: Session221 = {
      ...owner,
      id: 'S1',
      start_date_time: CHANGED,
      kwh: 1,
      cdr_token: { country_code: 'DE', party_id: 'MSP', uid: '04E91C5A', type: 'APP_USER', contract_id: 'DE-MSP-C1' },
      auth_method: 'COMMAND',
      location_id: 'LOC1',
      evse_uid: 'e1',
      connector_id: '1',
      currency: 'EUR',
      status: 'ACTIVE',
      last_updated: CHANGED,
    };
    const { result, losses } = bridge('2.2.1', '2.1.1', 'Session', session, known);
    expect(result?.location.address).to.have.length(45);
    expect(losses.filter(({ kind }) => kind === 'shortened' || kind === 'replaced').map(({ pointer }) => pointer)).to.deep.equal([
      '/auth_method',
      '/location/address',
    ]);
  });

  it('makes role HUB and hub_party_id from each other', () => {
    const hub = {
      token: 'abc',
      url: 'https://hub.example/ocpi',
      roles: [{ role: 'HUB' as const, country_code: 'DE', party_id: 'HUB', business_details: { name: 'Hub' } }],
    };
    const there = bridge('2.2.1', '2.3.0', 'Credentials', hub, context);
    expect(there.result?.hub_party_id).to.equal('DEHUB');
    expect(there.result?.roles.map(({ role, party_id }) => `${role} ${party_id}`)).to.deep.equal(['CPO CPO']);
    const back = bridge('2.3.0', '2.2.1', 'Credentials', there.result!, context);
    expect(back.result?.roles).to.deep.equal([{ role: 'HUB', country_code: 'DE', party_id: 'HUB', business_details: { name: 'DEHUB' } }]);
    expect(bridge('2.2.1', '2.3.0', 'Credentials', hub, { owner }).losses.at(-1)?.message).to.include('nothing is left');
  });

  it('says what an older command cannot', () => {
    expect(bridge('2.2.1', '2.1.1', 'CommandResult', { result: 'EVSE_OCCUPIED' }, context).result).to.deep.equal({ result: 'REJECTED' });
    expect(bridge('2.1.1', '2.2.1', 'CommandResponse', { result: 'ACCEPTED' }, context).result).to.deep.equal({
      result: 'ACCEPTED',
      timeout: 30,
    });
    const cancel = { response_url: 'https://a.example/1', reservation_id: '5' };
    expect(convert('2.2.1', '2.1.1', 'CancelReservation', cancel, context).losses.map(({ message }) => message)).to.deep.equal([
      '2.1.1 has no CancelReservation',
    ]);
  });
});
