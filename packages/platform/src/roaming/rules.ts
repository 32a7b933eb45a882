import type { PartyId } from '../model/party.js';

/** What may pass between a party and another (`*`: all others) in a module (`*`: all modules). */
export interface Rule {
  party: PartyId;
  module: string;
  other: PartyId | '*';
  allow: boolean;
}

/**
 * May this pass? The most particular rule of either party decides, and a refusal wins over a permission. Without a rule everything may,
 * but for tokens that are sent to everybody: they would harvest the cards of all drivers. OCPI 2.2.1, 4.2.4
 */
export function mayPass(rules: readonly Rule[], message: { from: PartyId; to: PartyId; module: string; isBroadcast: boolean }): boolean {
  const { from, to, module, isBroadcast } = message;
  const about = rules.filter(
    (rule) =>
      (rule.module === module || rule.module === '*') &&
      ((rule.party === from && (rule.other === to || rule.other === '*')) ||
        (rule.party === to && (rule.other === from || rule.other === '*'))),
  );
  const weight = (rule: Rule) => (rule.other === '*' ? 0 : 2) + (rule.module === '*' ? 0 : 1);
  const most = Math.max(-1, ...about.map(weight));
  const deciding = about.filter((rule) => weight(rule) === most);
  if (deciding.length > 0) return deciding.every(({ allow }) => allow);
  return !(isBroadcast && module === 'tokens');
}
