// What pricing costs, against decimal.js doing the same sums and against JSON.parse of the same CDR; in turn, per CPU second.
//   node packages/ocpi/bench/pricing.bench.mjs [--rounds N]
// decimal.js is a development dependency of this bench only; without it its bar is not measured. EVROAM_DECIMAL may name another copy.
import { pricer, readCdr, readTariff } from '../dist/pricing/index.js';

const BARS = { fromNormalised: 40, fromText: 0.5 };
const rounds = process.argv.includes('--rounds') ? Number(process.argv[process.argv.indexOf('--rounds') + 1]) : 9;
const SLICE_MS = 80;

const days = (...names) => ({ day_of_week: names });
const energy = (price, restrictions) => ({
  price_components: [{ type: 'ENERGY', price, vat: 21, step_size: 1 }],
  ...(restrictions ? { restrictions } : {}),
});
const wireTariff = {
  country_code: 'NL',
  party_id: 'CPO',
  id: 'DAY-NIGHT-WEEKEND',
  currency: 'EUR',
  elements: [
    { price_components: [{ type: 'FLAT', price: 0.5, vat: 21, step_size: 1 }] },
    energy(0.25, days('SATURDAY', 'SUNDAY')),
    energy(0.36, { start_time: '07:00', end_time: '20:00' }),
    { price_components: [{ type: 'TIME', price: 1.2, vat: 21, step_size: 60 }], restrictions: { min_duration: 10_800 } },
    energy(0.29),
  ],
  last_updated: '2026-01-01T00:00:00Z',
};
const START = Date.UTC(2026, 2, 2, 16);
const QUARTER_MS = 900_000;
const at = (k) => new Date(START + k * QUARTER_MS).toISOString();
const wireCdr = {
  country_code: 'NL',
  party_id: 'CPO',
  id: 'CDR-00000001',
  start_date_time: at(0),
  end_date_time: at(20),
  session_id: 'S-1',
  cdr_token: { country_code: 'DE', party_id: 'MSP', uid: '04E91C5A123B80', type: 'RFID', contract_id: 'DE-MSP-C12345678-9' },
  auth_method: 'WHITELIST',
  cdr_location: {
    id: 'LOC1',
    name: 'Station Square',
    address: 'Station Square 1',
    city: 'Utrecht',
    postal_code: '3511AA',
    country: 'NLD',
    coordinates: { latitude: '52.0907', longitude: '5.1214' },
    evse_uid: '3256',
    evse_id: 'NL*CPO*E0003256',
    connector_id: '1',
    connector_standard: 'IEC_62196_T2',
    connector_format: 'SOCKET',
    connector_power_type: 'AC_3_PHASE',
  },
  currency: 'EUR',
  tariffs: [wireTariff],
  charging_periods: Array.from({ length: 20 }, (_, k) => ({
    start_date_time: at(k),
    dimensions: [
      { type: 'ENERGY', volume: 2.75 + (k % 3) * 0.001 },
      { type: 'TIME', volume: 0.25 },
      { type: 'MAX_CURRENT', volume: 16 },
    ],
    tariff_id: wireTariff.id,
  })),
  total_cost: { excl_vat: 21.1664, incl_vat: 25.6113 },
  total_energy: 55.019,
  total_time: 5,
  last_updated: at(20),
};
const text = JSON.stringify(wireCdr);

const NAMES = ['SUNDAY', 'MONDAY', 'TUESDAY', 'WEDNESDAY', 'THURSDAY', 'FRIDAY', 'SATURDAY'];
const minuteOf = (clock) => Number(clock.slice(0, 2)) * 60 + Number(clock.slice(3));

/** The plain way: decimal.js, element by element and period by period, at a fixed offset and without splitting any period. */
function decimalPrice(Decimal) {
  const elements = wireTariff.elements.map(({ restrictions, price_components: components }) => ({
    restrictions,
    components: components.map(({ type, price }) => ({ type, price: new Decimal(price) })),
  }));
  return (cdr) => {
    let total = new Decimal(0);
    let hours = new Decimal(0);
    let hourPrice = new Decimal(0);
    let started = false;
    const start = Date.parse(cdr.start_date_time);
    for (const { start_date_time: from, dimensions } of cdr.charging_periods) {
      const moment = Date.parse(from);
      const local = new Date(moment + 3_600_000);
      const minute = local.getUTCHours() * 60 + local.getUTCMinutes();
      const seen = new Set();
      for (const { restrictions: r, components } of elements) {
        if (r?.start_time && !(minute >= minuteOf(r.start_time) && minute < minuteOf(r.end_time))) continue;
        if (r?.day_of_week && !r.day_of_week.includes(NAMES[local.getUTCDay()])) continue;
        if (r?.min_duration !== undefined && (moment - start) / 1000 < r.min_duration) continue;
        for (const { type, price } of components) {
          if (seen.has(type)) continue;
          seen.add(type);
          if (type === 'FLAT') {
            if (!started) total = total.plus(price);
            started = true;
            continue;
          }
          const volume = dimensions.find((d) => d.type === type)?.volume;
          if (volume === undefined) continue;
          const amount = new Decimal(volume).times(price);
          total = total.plus(amount);
          if (type === 'TIME') {
            hours = hours.plus(volume);
            hourPrice = price;
          }
        }
      }
    }
    const minutes = hours.times(60);
    total = total.plus(minutes.ceil().minus(minutes).div(60).times(hourPrice));
    return { before: total, after: total.times(1.21) };
  };
}

const tariff = readTariff('2.2.1', wireTariff);
const normalised = readCdr('2.2.1', wireCdr);
const prices = pricer([tariff], { timeZone: 'Europe/Amsterdam' });
const traced = pricer([tariff], { timeZone: 'Europe/Amsterdam', trace: true });

let Decimal;
try {
  ({ Decimal } = await import(process.env.EVROAM_DECIMAL ?? 'decimal.js'));
} catch (error) {
  if (error?.code !== 'ERR_MODULE_NOT_FOUND') throw error;
}

const total = prices.total(normalised);
const parts = traced.price(normalised);
if (parts.total.afterTaxes !== total.afterTaxes || parts.lines.reduce((sum, l) => sum + l.amount.afterTaxes, 0n) !== total.afterTaxes) {
  throw new Error('the total without trace is not the total with it');
}

const cases = {
  'JSON.parse of the CDR': () => JSON.parse(text),
  'from normalised': () => prices.total(normalised),
  'from JSON text, trace off': () => prices.total(readCdr('2.2.1', JSON.parse(text))),
  'with lines, from normalised': () => prices.price(normalised),
  'with trace, from normalised': () => traced.price(normalised),
};
if (Decimal) {
  const byDecimal = decimalPrice(Decimal);
  const nano = BigInt(byDecimal(wireCdr).before.times(1e9).toFixed(0));
  if (nano !== total.beforeTaxes) throw new Error(`decimal.js says ${nano}, we say ${total.beforeTaxes}`);
  cases['decimal.js, from parsed'] = () => byDecimal(wireCdr);
}

let answered = 0;
function slice(run) {
  const cpu = process.cpuUsage();
  const until = performance.now() + SLICE_MS;
  let count = 0;
  while (performance.now() < until) {
    for (let i = 0; i < 20; i++) if (run()) answered += 1;
    count += 20;
  }
  const { user, system } = process.cpuUsage(cpu);
  return count / ((user + system) / 1e6);
}

for (const run of Object.values(cases)) for (let i = 0; i < 4; i++) slice(run);
const rates = Object.fromEntries(Object.keys(cases).map((name) => [name, []]));
for (let round = 0; round < rounds; round++) for (const [name, run] of Object.entries(cases)) rates[name].push(slice(run));

const median = (list) => [...list].sort((a, b) => a - b)[Math.floor(list.length / 2)];
/** The median of the ratios, and the ratio of the two least disturbed rounds. */
const ratio = (name, base) => [
  median(rates[name].map((rate, i) => rate / rates[base][i])),
  Math.max(...rates[name]) / Math.max(...rates[base]),
];

if (answered === 0) throw new Error('nothing was priced');
console.log(`one CDR of ${text.length} bytes, 20 periods, 5 elements: ${total.beforeTaxes} / ${total.afterTaxes} (10^-9 EUR)`);
for (const [name, list] of Object.entries(rates))
  console.log(`  ${name.padEnd(30)} ${Math.round(median(list)).toString().padStart(9)} per CPU second`);

let failed = false;
function judge(what, [middle, least], bar) {
  const ok = middle >= bar && least >= bar;
  failed ||= !ok;
  console.log(`  ${ok ? 'ok  ' : 'MISS'} ${what}: ${middle.toFixed(2)}x, least disturbed ${least.toFixed(2)}x (bar ${bar}x)`);
}
if (Decimal) judge('from normalised against decimal.js', ratio('from normalised', 'decimal.js, from parsed'), BARS.fromNormalised);
else console.log('  --   from normalised against decimal.js: not measured, decimal.js is not installed');
judge('from JSON text against JSON.parse', ratio('from JSON text, trace off', 'JSON.parse of the CDR'), BARS.fromText);
process.exitCode = failed ? 1 : 0;
