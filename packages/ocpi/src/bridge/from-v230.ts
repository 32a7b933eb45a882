import * as newer from '../v221/index.js';
import type { BridgeContext } from './context.js';
import { change, each, type Fields, isFields, type Notes, rename, within } from './loss.js';
import { changeCosts, priceTo221, withoutTax } from './money.js';

// 2.3.0 -> 2.2.1: enumerations that are open there, prices, what a tariff says of taxes, and the hub.

type Step = (fields: Fields, n: Notes, context: BridgeContext) => Fields;

/** The nearest word where 2.2.1 demands one of its own. */
function known(fields: Fields, name: string, values: unknown, fallback: string, n: Notes): Fields {
  const value = fields[name];
  if (value === undefined || !Array.isArray(values) || values.includes(value)) return fields;
  n.replaced(name, `${String(value)} is told as ${fallback}`);
  return { ...fields, [name]: fallback };
}

const image = (fields: Fields, n: Notes) => known(fields, 'category', newer.ImageCategory.enum, 'OTHER', n);
const images = (fields: Fields, n: Notes) => change(fields, 'images', (value) => each(value, n.at('images'), image));
const business = (fields: Fields, n: Notes) => change(fields, 'logo', (value) => within(value, n.at('logo'), image));
const tokenType = (fields: Fields, n: Notes) => known(fields, 'type', newer.TokenType.enum, 'OTHER', n);

export const location: Step = (fields, n) => {
  let out = images(fields, n);
  for (const name of ['operator', 'suboperator', 'owner']) out = change(out, name, (value) => within(value, n.at(name), business));
  out = change(out, 'publish_allowed_to', (value) => each(value, n.at('publish_allowed_to'), tokenType));
  return change(out, 'evses', (value) => each(value, n.at('evses'), images));
};

export const evse: Step = (fields, n) => images(fields, n);

export const token: Step = (fields, n) => tokenType(fields, n);

export const withToken: Step = (fields, n) => change(fields, 'token', (value) => within(value, n.at('token'), tokenType));

export const session: Step = (fields, n) =>
  change(changeCosts(fields, n, priceTo221), 'cdr_token', (value) => within(value, n.at('cdr_token'), tokenType));

export const cdr: Step = (fields, n, context) =>
  change(session(fields, n, context), 'tariffs', (value) => each(value, n.at('tariffs'), (f, m) => tariff(f, m, context)));

export const tariff: Step = (fields, n, context) => {
  const limit = (value: unknown) =>
    isFields(value) ? rename(rename(value, 'before_taxes', 'excl_vat'), 'after_taxes', 'incl_vat') : value;
  const { tax_included: included, ...rest } = change(change(fields, 'min_price', limit), 'max_price', limit);
  if (included !== 'YES' && included !== 'N/A') return rest;
  n.replaced('tax_included', included === 'YES' ? 'prices are told without their taxes' : 'that no taxes apply is told as a VAT of 0');
  return change(rest, 'elements', (value) =>
    each(value, n.at('elements'), (element, m) =>
      change(element, 'price_components', (list) =>
        each(list, m.at('price_components'), (c, k) => component(fields, c, k, included, context)),
      ),
    ),
  );
};

function component(tariffFields: Fields, fields: Fields, n: Notes, included: 'YES' | 'N/A', context: BridgeContext): Fields {
  if (included === 'N/A') {
    if (fields.vat === 0) return fields;
    if (fields.vat === undefined) n.invented('vat', '0, since no taxes apply');
    else n.replaced('vat', `${String(fields.vat)} % is told as 0, since no taxes apply`);
    return { ...fields, vat: 0 };
  }
  const { price, type, vat } = fields;
  if (typeof price !== 'number' || price === 0) return fields;
  const percent = typeof vat === 'number' ? vat : context.lookup?.taxPercentage?.(String(tariffFields.id), String(type));
  const net = percent === undefined ? undefined : withoutTax(price, percent);
  if (net === undefined) {
    const why = percent === undefined ? 'the tax it contains is not known' : `without its tax of ${percent} % it has no exact decimal`;
    n.impossible('price', `2.2.1 tells prices without VAT, and ${why}`);
    return fields;
  }
  n.replaced('price', `${price} is told as ${net} and a VAT of ${percent} %`);
  if (vat === undefined) n.invented('vat', `${percent} %, from the tax rate that was looked up`);
  return { ...fields, price: net, vat: percent };
}

export const credentials: Step = (fields, n) => {
  const { hub_party_id: hub, roles, ...rest } = fields;
  const named = change(fields, 'roles', (value) =>
    each(value, n.at('roles'), (role, m) => change(role, 'business_details', (b) => within(b, m.at('business_details'), business))),
  );
  if (typeof hub !== 'string') return named;
  if (hub.length < 3) {
    n.impossible('hub_party_id', `${hub} is no country code and party id`);
    return rest;
  }
  // 2.2.x: a hub registers with its own role alone; whom it reaches is told by hubclientinfo.
  const own = { role: 'HUB', country_code: hub.slice(0, 2), party_id: hub.slice(2), business_details: { name: hub } };
  n.invented('roles', `a role HUB, with ${hub} for a name`);
  if (Array.isArray(roles))
    roles.forEach((_role, i) => {
      n.at('roles').dropped(String(i), 'is told by hubclientinfo: a hub of 2.2.1 registers with its own role alone');
    });
  return { ...rest, roles: [own] };
};
