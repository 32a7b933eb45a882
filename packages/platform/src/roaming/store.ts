import type { Database } from '../edges/database.js';
import type { Outbox } from '../edges/outbox.js';
import type { OperatorId, PartnerId } from '../kernel/ids.js';
import type { PartyId } from '../model/party.js';
import type { Rule } from './rules.js';
import { agreements } from './store/agreements.js';
import { cdrs } from './store/cdrs.js';
import { commands } from './store/commands.js';
import { correlations } from './store/correlations.js';
import { createDirectory } from './store/directory.js';
import { imports } from './store/imports.js';
import { losses } from './store/losses.js';
import { type HostedParty, parties } from './store/parties.js';
import { partners } from './store/partners.js';
import { reach } from './store/reach.js';
import { rules } from './store/rules.js';
import { sessions } from './store/sessions.js';
import { createTaking } from './store/taking.js';
import { tcec } from './store/tcec.js';
import { tokens } from './store/tokens.js';

export type { CdrExchange } from './store/cdrs.js';
export type { CdrLoss } from './store/losses.js';
export type { ReachableParty } from './store/parties.js';

export type RoamingStore = ReturnType<typeof createStore>;

export function createStore(edges: { database: Database; outbox: Pick<Outbox, 'statement' | 'wake'> }) {
  const { sql } = edges.database;
  const plain = {
    ...partners(sql),
    ...parties(sql),
    ...tokens(sql),
    ...agreements(sql),
    ...commands(sql),
    ...sessions(sql),
    ...cdrs(sql),
    ...losses(sql),
    ...createTaking(edges),
    correlations: correlations(sql),
    ...reach(sql),
    ...rules(sql),
    ...imports(sql),
    tcec: tcec(sql),
  };
  const directory = createDirectory();
  return {
    ...plain,
    /** As it is at this moment, for those who look at it or change it. */
    partnerNow: plain.partner,
    /** What follows from partners, parties, rules and agreements is remembered as they are; what is undefined is decided each time. */
    derived: directory.get,
    /** Call it when a change of partners, parties or rules is committed. */
    forget: directory.forget,
    partner: (operatorId: OperatorId, id: PartnerId) => directory.get(`partner ${operatorId} ${id}`, () => plain.partner(operatorId, id)),
    homeOf: (operatorId: OperatorId, party: PartyId) => directory.get(`home ${operatorId} ${party}`, () => plain.homeOf(operatorId, party)),
    hostedParties: async (operatorId: OperatorId): Promise<readonly HostedParty[]> =>
      (await directory.get(`hosted ${operatorId}`, () => plain.hostedParties(operatorId))) ?? [],
    rules: async (operatorId: OperatorId, parties: readonly PartyId[]): Promise<readonly Rule[]> =>
      (await directory.get(`rules ${operatorId} ${parties.join(' ')}`, () => plain.rules(operatorId, parties))) ?? [],
    agreedWith: async (operatorId: OperatorId, mine: readonly PartyId[], side: 'seller' | 'buyer', at: Date): Promise<readonly PartyId[]> =>
      (await directory.get(`${side} ${operatorId} ${mine.join(' ')}`, () => plain.agreedWith(operatorId, mine, side, at))) ?? [],
    insertAgreement: changing(plain.insertAgreement),
    insertParty: changing(plain.insertParty),
    saveQuirks: changing(plain.saveQuirks),
    putRule: changing(plain.putRule),
  };

  function changing<A extends readonly unknown[], R>(write: (...args: A) => Promise<R>): (...args: A) => Promise<R> {
    return async (...args) => {
      try {
        return await write(...args);
      } finally {
        directory.forget();
      }
    };
  }
}
