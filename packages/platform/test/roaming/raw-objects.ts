// What a raw partner is made of, in its version's own words.
import { isOld, type Json, type Market, now, self } from './raw-self.js';

const owner = () => (isOld() ? {} : { country_code: self.config.country, party_id: self.config.party });
const BERLIN: Market = { currency: 'EUR', price: 0.4, vat: 19, place: {}, connector: {} };
const market = (): Market => ({ ...BERLIN, ...self.config.market });
const power = { old: { voltage: 400, amperage: 32, tariff_id: 'T1' }, new: { max_voltage: 400, max_amperage: 32, tariff_ids: ['T1'] } };

export const location = (): Json => ({
  ...owner(),
  id: 'L1',
  ...(isOld() ? { type: 'ON_STREET' } : { publish: true }),
  name: `Raw ${self.config.party}`,
  address: 'Unter den Linden 1',
  city: 'Berlin',
  postal_code: '10117',
  country: 'DEU',
  coordinates: { latitude: '52.517', longitude: '13.388' },
  time_zone: 'Europe/Berlin',
  evses: [
    {
      uid: `${self.config.party}-E1`,
      evse_id: `${self.config.country}*${self.config.party}*E1`,
      status: 'AVAILABLE',
      capabilities: ['REMOTE_START_STOP_CAPABLE', 'RFID_READER'],
      connectors: [
        {
          id: '1',
          standard: 'IEC_62196_T2',
          format: 'SOCKET',
          power_type: 'AC_3_PHASE',
          ...(isOld() ? power.old : power.new),
          last_updated: '2026-01-01T00:00:00Z',
          ...market().connector,
        },
      ],
      last_updated: '2026-01-01T00:00:00Z',
    },
  ],
  last_updated: '2026-01-01T00:00:00Z',
  ...market().place,
});

export const tariff = (): Json => ({
  ...owner(),
  id: 'T1',
  currency: market().currency,
  ...(self.config.version === '2.3.0' ? { tax_included: 'NO' } : {}),
  elements: [{ price_components: [{ type: 'ENERGY', price: market().price, step_size: 1, ...(isOld() ? {} : { vat: market().vat }) }] }],
  last_updated: '2026-01-01T00:00:00Z',
});

/** The third card has to be asked about each time, the fourth where its issuer can be reached. */
const whitelists = ['ALWAYS', 'ALWAYS', 'NEVER', 'ALLOWED_OFFLINE'];

export const token = (n = 1): Json => ({
  ...owner(),
  uid: `${self.config.party}CARD${n}`,
  type: 'RFID',
  [isOld() ? 'auth_id' : 'contract_id']: `${self.config.country}-${self.config.party}-C0000${n}`,
  issuer: self.config.party,
  valid: true,
  whitelist: whitelists[n - 1],
  last_updated: '2026-01-01T00:00:00Z',
});
export const tokens = (): Json[] => whitelists.map((_, index) => token(index + 1));

/** 10 kWh at its price, with its tax. */
function price() {
  const { price: perKwh, vat } = market();
  const net = 10 * perKwh;
  const tax = Math.round(net * vat) / 100;
  if (isOld()) return net;
  return self.config.version === '2.3.0'
    ? { before_taxes: net, taxes: [{ name: 'VAT', percentage: vat, amount: tax }] }
    : { excl_vat: net, incl_vat: Math.round((net + tax) * 100) / 100 };
}

/** What is known of how a session of ours began. */
export interface Begun {
  card: Json;
  method: string;
  reference?: string;
}

/** 2.1.1 has no word for a command, and none for what the issuer calls its permission. */
const allowed = ({ method, reference }: Begun): Json => ({
  auth_method: isOld() && method === 'COMMAND' ? 'AUTH_REQUEST' : method,
  ...(isOld() || reference === undefined ? {} : { authorization_reference: reference }),
});

const who = (card: Json): Json =>
  isOld()
    ? { auth_id: card.auth_id ?? card.contract_id }
    : {
        cdr_token: {
          country_code: card.country_code,
          party_id: card.party_id,
          uid: card.uid,
          type: card.type,
          contract_id: card.contract_id,
        },
      };

export function session(id: string, begun: Begun, ended: boolean): Json {
  const start = isOld() ? 'start_datetime' : 'start_date_time';
  const end = isOld() ? 'end_datetime' : 'end_date_time';
  return {
    ...owner(),
    id,
    [start]: '2026-03-02T10:00:00Z',
    ...(ended ? { [end]: '2026-03-02T11:00:00Z' } : {}),
    kwh: ended ? 10 : 2.5,
    ...who(begun.card),
    ...allowed(begun),
    ...(isOld() ? { location: location() } : { location_id: 'L1', evse_uid: `${self.config.party}-E1`, connector_id: '1' }),
    currency: market().currency,
    ...(ended ? { total_cost: price() } : {}),
    status: ended ? 'COMPLETED' : 'ACTIVE',
    last_updated: now(),
  };
}

export function cdr(id: string, begun: Begun): Json {
  const { evses, name, address, city, postal_code, country, coordinates } = location();
  const [evse] = evses;
  return {
    ...owner(),
    id: `${id}-CDR`,
    start_date_time: '2026-03-02T10:00:00Z',
    [isOld() ? 'stop_date_time' : 'end_date_time']: '2026-03-02T11:00:00Z',
    ...who(begun.card),
    ...(isOld() ? {} : { session_id: id }),
    ...allowed(begun),
    ...(isOld()
      ? { location: location() }
      : {
          cdr_location: {
            ...{ id: 'L1', name, address, city, postal_code, country, coordinates },
            evse_uid: evse.uid,
            evse_id: evse.evse_id,
            connector_id: '1',
            connector_standard: evse.connectors[0].standard,
            connector_format: evse.connectors[0].format,
            connector_power_type: evse.connectors[0].power_type,
          },
        }),
    currency: market().currency,
    tariffs: [tariff()],
    charging_periods: [
      {
        start_date_time: '2026-03-02T10:00:00Z',
        dimensions: [
          { type: 'ENERGY', volume: 10 },
          { type: 'TIME', volume: 1 },
        ],
        ...(isOld() ? {} : { tariff_id: 'T1' }),
      },
    ],
    total_cost: price(),
    total_energy: 10,
    total_time: 1,
    last_updated: now(),
  };
}
