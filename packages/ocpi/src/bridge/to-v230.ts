import type { BridgeContext } from './context.js';
import { change, each, type Fields, isFields, type Notes, rename } from './loss.js';
import { changeCosts, priceTo230 } from './money.js';

// 2.2.1 -> 2.3.0: prices, what a tariff says of taxes, and the hub. All else is a subset.

type Step = (fields: Fields, n: Notes, context: BridgeContext) => Fields;

export const tariff: Step = (fields, n, { partial }) => {
  const limit = (value: unknown) =>
    isFields(value) ? rename(rename(value, 'excl_vat', 'before_taxes'), 'incl_vat', 'after_taxes') : value;
  const out = change(change(fields, 'min_price', limit), 'max_price', limit);
  if (partial) return out;
  n.invented('tax_included', 'NO, since prices of 2.2.1 exclude VAT');
  return { ...out, tax_included: 'NO' };
};

export const session: Step = (fields, n) => changeCosts(fields, n, priceTo230);

export const cdr: Step = (fields, n, context) =>
  change(changeCosts(fields, n, priceTo230), 'tariffs', (value) => each(value, n.at('tariffs'), (f, m) => tariff(f, m, context)));

export const credentials: Step = (fields, n, { lookup }) => {
  const { roles } = fields;
  if (!Array.isArray(roles)) return fields;
  const parties: readonly unknown[] = roles;
  const hub = parties.find((role) => isFields(role) && role.role === 'HUB');
  if (!isFields(hub)) return fields;
  // 2.3.0 has no role HUB: it names the hub and lists whom it reaches.
  const others = parties.filter((role) => !(isFields(role) && role.role === 'HUB'));
  const reached = (lookup?.reachable?.() ?? []).filter(({ role }) => role !== 'HUB');
  parties.forEach((role, i) => {
    if (role === hub) n.at('roles').at(i).dropped('business_details', 'a hub of 2.3.0 has an id and no name');
    else if (isFields(role) && role.role === 'HUB') n.at('roles').dropped(String(i), 'credentials of 2.3.0 name one hub');
  });
  if (reached.length > 0) n.invented('roles', 'the parties that are reached through the hub');
  return { ...fields, hub_party_id: `${String(hub.country_code)}${String(hub.party_id)}`, roles: [...others, ...reached] };
};

export const clientInfo: Step = (fields, n) => {
  if (fields.role === 'HUB') n.impossible('role', '2.3.0 has no role HUB');
  return fields;
};
