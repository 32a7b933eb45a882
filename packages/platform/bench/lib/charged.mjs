// A charge of yesterday in OCPI 2.2.1: its tariff, its session, and the CDR of 5 kB that settles without a doubt. `{n}` stands for the
// number of the charge.
import { cdr } from '../../../ocpi/bench/lib/objects.mjs';
import { rate } from '../../dist/model/rating.js';
import { toCdr } from '../../dist/roaming/links/ocpi221/cdrs.js';

const ZONE = 'Europe/Amsterdam';
const DAY_MS = 86_400_000;
const sample = JSON.parse(cdr);
const shift = Math.floor((Date.now() - DAY_MS - Date.parse(sample.end_date_time)) / DAY_MS) * DAY_MS;
const later = (time) => new Date(Date.parse(time) + shift).toISOString();
const money = (nano) => Number(nano) / 1e9;

const wire = JSON.parse(cdr, (name, value) => (name === 'start_date_time' || name === 'end_date_time' ? later(value) : value));
wire.last_updated = wire.end_date_time;
const { total } = rate(toCdr(wire, ZONE).tariffs, toCdr(wire, ZONE), { timeZone: ZONE });
wire.total_cost = { excl_vat: money(total.beforeTaxes), incl_vat: money(total.afterTaxes) };

export const chargedTariff = JSON.stringify(wire.tariffs[0]);
export const chargedCdr = JSON.stringify({ ...wire, id: 'CDR-{n}', session_id: 'S-{n}' });
export const chargedSession = JSON.stringify({
  country_code: wire.country_code,
  party_id: wire.party_id,
  id: 'S-{n}',
  start_date_time: wire.start_date_time,
  end_date_time: wire.end_date_time,
  kwh: wire.total_energy,
  cdr_token: wire.cdr_token,
  auth_method: wire.auth_method,
  location_id: wire.cdr_location.id,
  evse_uid: wire.cdr_location.evse_uid,
  connector_id: wire.cdr_location.connector_id,
  currency: wire.currency,
  status: 'COMPLETED',
  last_updated: wire.end_date_time,
});
