// Realistic OCPI 2.2.1 bodies: a CDR of 20 periods (5 kB), a Location of 5 kB, the PATCH of a status (60 bytes).
const last_updated = '2026-03-02T21:00:00.000Z';
const start = Date.UTC(2026, 2, 2, 16);
const at = (quarter) => new Date(start + quarter * 900e3).toISOString();

export const cdr = JSON.stringify({
  country_code: 'NL',
  party_id: 'BEN',
  id: 'CDR-00000001',
  start_date_time: at(0),
  end_date_time: at(20),
  session_id: 'S-1',
  cdr_token: { country_code: 'DE', party_id: 'EMS', uid: '04E91C5A123B80', type: 'RFID', contract_id: 'DE-EMS-C12345678-9' },
  auth_method: 'WHITELIST',
  cdr_location: {
    id: 'LOC1',
    name: 'Bench Street',
    address: 'Bench Street 1',
    city: 'Utrecht',
    postal_code: '3511AA',
    country: 'NLD',
    coordinates: { latitude: '52.0907', longitude: '5.1214' },
    evse_uid: '3256',
    evse_id: 'NL*BEN*E0003256',
    connector_id: '1',
    connector_standard: 'IEC_62196_T2',
    connector_format: 'SOCKET',
    connector_power_type: 'AC_3_PHASE',
  },
  meter_id: 'M-77812',
  currency: 'EUR',
  tariffs: [
    {
      country_code: 'NL',
      party_id: 'BEN',
      id: 'T-1',
      currency: 'EUR',
      last_updated,
      elements: [
        {
          price_components: [{ type: 'ENERGY', price: 0.36, vat: 21, step_size: 1 }],
          restrictions: { start_time: '07:00', end_time: '20:00', day_of_week: ['MONDAY', 'TUESDAY'] },
        },
        { price_components: [{ type: 'TIME', price: 1.2, vat: 21, step_size: 60 }], restrictions: { min_duration: 10800 } },
        { price_components: [{ type: 'ENERGY', price: 0.29, vat: 21, step_size: 1 }] },
      ],
    },
  ],
  charging_periods: Array.from({ length: 20 }, (_, quarter) => ({
    start_date_time: at(quarter),
    dimensions: [
      { type: 'ENERGY', volume: 2.75 + (quarter % 3) * 0.001 },
      { type: 'TIME', volume: 0.25 },
      { type: 'MAX_CURRENT', volume: 16 },
    ],
    tariff_id: 'T-1',
  })),
  total_cost: { excl_vat: 17.1, incl_vat: 20.69 },
  total_energy: 55,
  total_time: 5,
  last_updated,
});

export const location = JSON.stringify({
  country_code: 'NL',
  party_id: 'BEN',
  id: 'LOC1',
  publish: true,
  name: 'Bench Street',
  address: 'Bench Street 1',
  city: 'Utrecht',
  postal_code: '3511AA',
  country: 'NLD',
  coordinates: { latitude: '52.0907', longitude: '5.1214' },
  time_zone: 'Europe/Amsterdam',
  opening_times: { twentyfourseven: true },
  operator: { name: 'Bench Operator', website: 'https://operator.example' },
  evses: Array.from({ length: 8 }, (_, number) => ({
    uid: `325${number}`,
    evse_id: `NL*BEN*E000325${number}`,
    status: 'AVAILABLE',
    capabilities: ['RFID_READER', 'REMOTE_START_STOP_CAPABLE', 'RESERVABLE'],
    floor_level: '-1',
    physical_reference: String(number),
    directions: [{ language: 'en', text: 'Behind the barrier, second row on the left' }],
    parking_restrictions: ['EV_ONLY'],
    connectors: [
      {
        id: '1',
        standard: 'IEC_62196_T2',
        format: 'SOCKET',
        power_type: 'AC_3_PHASE',
        max_voltage: 230,
        max_amperage: 32,
        max_electric_power: 22000,
        tariff_ids: ['T-1', 'T-2'],
        last_updated,
      },
    ],
    last_updated,
  })),
  last_updated,
});

export const status = JSON.stringify({ status: 'CHARGING', last_updated });
