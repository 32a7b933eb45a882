/** Says where a value has not the shape of a statement: [pointer, what is expected] pairs. */
export type Shape = (value: unknown, at: string, faults: [string, string][]) => void;

const is =
  (what: string, holds: (value: unknown) => boolean): Shape =>
  (value, at, faults) => {
    if (!holds(value)) faults.push([at, `${what} is expected`]);
  };

const matches = (what: string, pattern: RegExp) => is(what, (v) => typeof v === 'string' && pattern.test(v));
const text = is('a text', (v) => typeof v === 'string');
const integer = is('a whole number', Number.isSafeInteger);
const count = is('a whole number from 0', (v) => Number.isSafeInteger(v) && (v as number) >= 0);
const digits = matches('a whole number as digits', /^(0|-?[1-9]\d{0,60})$/);
const amount = matches('a positive whole number as digits', /^[1-9]\d{0,60}$/);
const hash = matches('64 lower-case hex digits', /^[0-9a-f]{64}$/);
const time = matches('a UTC date and time', /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
const oneOf = (...values: string[]) => is(`one of ${values.join(', ')}`, (v) => values.includes(v as string));
const anything = is('an object', (v) => typeof v === 'object' && v !== null && !Array.isArray(v));

const list =
  (item: Shape): Shape =>
  (value, at, faults) => {
    if (!Array.isArray(value)) faults.push([at, 'a list is expected']);
    else
      value.forEach((v, i) => {
        item(v, `${at}/${i}`, faults);
      });
  };

/** A closed object; a key that ends in `?` may be absent. */
const object = (members: Readonly<Record<string, Shape>>): Shape => {
  const shapes = new Map(Object.entries(members).map(([key, shape]) => [key.replace('?', ''), { shape, optional: key.endsWith('?') }]));
  return (value, at, faults) => {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) {
      faults.push([at, 'an object is expected']);
      return;
    }
    for (const key of Object.keys(value)) if (!shapes.has(key)) faults.push([`${at}/${key}`, 'is not part of a statement']);
    for (const [key, { shape, optional }] of shapes) {
      const member: unknown = (value as Record<string, unknown>)[key];
      if (member !== undefined) shape(member, `${at}/${key}`, faults);
      else if (!optional) faults.push([`${at}/${key}`, 'is missing']);
    }
  };
};

const either =
  (key: string, first: Shape, second: Shape): Shape =>
  (value, at, faults) =>
    (typeof value === 'object' && value !== null && key in value ? first : second)(value, at, faults);

const party = object({ countryCode: text, partyId: text, name: text });
const minorAmount = object({
  'beforeTaxes?': digits,
  taxes: list(object({ name: text, 'rate?': count, amount: digits })),
  'afterTaxes?': digits,
});
const limit = object({ 'beforeTaxes?': digits, 'afterTaxes?': digits });
const restrictions = object({
  'startMinute?': count,
  'endMinute?': count,
  'startDay?': integer,
  'endDay?': integer,
  'weekdays?': list(count),
  'minEnergyMilliWh?': integer,
  'maxEnergyMilliWh?': integer,
  'minCurrentMicroA?': integer,
  'maxCurrentMicroA?': integer,
  'minPowerMilliW?': integer,
  'maxPowerMilliW?': integer,
  'minDurationMs?': integer,
  'maxDurationMs?': integer,
  'reservation?': oneOf('reservation', 'expires'),
});
const component = object({
  dimension: oneOf('ENERGY', 'TIME', 'PARKING_TIME', 'FLAT'),
  price: digits,
  stepSize: count,
  'taxes?': list(object({ name: text, rate: count })),
  'fees?': list(object({ type: oneOf('electricity', 'service', 'start', 'idle', 'reservation'), price: digits })),
});
const tariff = object({
  id: text,
  currency: text,
  taxIncluded: oneOf('yes', 'no', 'notApplicable'),
  elements: list(object({ components: list(component), 'restrictions?': restrictions })),
  'minPrice?': limit,
  'maxPrice?': limit,
  'validFrom?': integer,
  'validTo?': integer,
});
const session = object({
  start: integer,
  end: integer,
  'currency?': text,
  'reservation?': oneOf('used', 'expired'),
  periods: list(
    object({
      start: integer,
      end: integer,
      'energyMilliWh?': count,
      'timeMs?': count,
      'parkingMs?': count,
      'reservationMs?': count,
      'minCurrentMicroA?': integer,
      'maxCurrentMicroA?': integer,
      'minPowerMilliW?': integer,
      'maxPowerMilliW?': integer,
      'tariffId?': text,
    }),
  ),
});
const line = object({
  kind: oneOf('cdr', 'credit', 'adjustment'),
  'cdr?': object({ countryCode: text, partyId: text, id: text, version: oneOf('2.1.1', '2.2', '2.2.1', '2.3.0', 'tcec102'), digest: hash }),
  'sessionId?': text,
  energyMilliWh: count,
  amount: minorAmount,
  basis: oneOf('rated', 'claimed', 'approved'),
  'priced?': object({ timeZone: text, tariffs: list(count), session, exact: minorAmount }),
  account: text,
  due: digits,
  entries: list(text),
  'note?': text,
});
const leg = object({ account: text, side: oneOf('debit', 'credit'), currency: text, amount, salt: text });
const header = object({
  format: oneOf('evroam-statement/1'),
  id: text,
  version: count,
  issuer: party,
  counterparty: party,
  period: object({ from: time, to: time }),
  issuedAt: time,
  currency: text,
  accounts: list(object({ name: text, side: oneOf('debit', 'credit') })),
  hashes: object({
    agreement: hash,
    tariffs: list(hash),
    lines: list(hash),
    entries: list(hash),
    inclusions: list(hash),
    blocks: list(hash),
    totals: hash,
  }),
});

/** The shape of a whole statement bundle; every object in it is closed. */
export const bundleShape: Shape = object({
  header,
  agreement: object({ id: text, version: count, rounding: oneOf('perTotal', 'perLine'), policies: anything, terms: anything }),
  tariffs: list(tariff),
  lines: list(line),
  entries: list(object({ id: text, postedAt: time, kind: text, legs: list(either('hash', object({ hash }), leg)) })),
  inclusions: list(object({ entry: text, block: count, index: count, path: list(hash) })),
  blocks: list(
    object({
      height: count,
      previous: hash,
      root: hash,
      count,
      sealedAt: time,
      signature: matches('128 lower-case hex digits', /^[0-9a-f]{128}$/),
    }),
  ),
  totals: object({ lines: count, energyMilliWh: integer, amount: minorAmount, due: list(object({ account: text, amount: digits })) }),
  signature: matches('128 lower-case hex digits', /^[0-9a-f]{128}$/),
});
