import { crawl, type Handle, type Interface, type ListMethod } from '@evroam/ocpi';
import { PricingError } from '@evroam/ocpi/pricing';
import * as v221 from '@evroam/ocpi/v221';
import type { PartyId, TradeRole } from '../../../model/party.js';
import type { Connection, Partner } from '../../partner.js';
import type { StationsPort, TariffsPort, UsersPort } from '../../ports.js';
import type { Bridge } from '../bridged/bridge.js';
import { connectIn } from '../bridged/client.js';
import { isSpoken } from '../bridged/versions.js';
import { toLocation } from './locations.js';
import { toTariff } from './tariffs.js';
import { toToken } from './tokens.js';
import { Untranslatable } from './values.js';

export interface FetchNeeds {
  handle: Handle;
  bridge: Bridge;
  stations: StationsPort;
  tariffs: TariffsPort;
  users: UsersPort;
  /** Told of each object that was left out, and why. */
  refused(module: string, index: number, reason: string): void;
}

export interface Fetched {
  locations: number;
  tariffs: number;
  tokens: number;
  refused: number;
}

/** Reads what a partner has: locations and tariffs of a CPO, tokens of an eMSP. Bad objects are left out and told, the rest is kept. */
export async function fetchAll(partner: Partner & { connection: Connection }, token: string, needs: FetchNeeds): Promise<Fetched> {
  const { operatorId, connection } = partner;
  const fetched: Fetched = { locations: 0, tariffs: 0, tokens: 0, refused: 0 };
  const has = (role: 'cpo' | 'emsp') => partner.parties.some((one) => one.role === role);
  const list = <F extends { module: string; role: string; routes: { list: unknown } }>(face: F) =>
    connection.endpoints.find(({ identifier, role }) => identifier === face.module && (role === undefined || role === face.role))?.url;
  const clientOf = <F extends Interface>(face: F, url: string, role: TradeRole) => {
    const owner = partner.parties.find((one) => one.role === role)?.party;
    if (!isSpoken(connection.version) || !owner) throw new Error(`partner ${partner.id} has no ${role} or speaks ${connection.version}`);
    return connectIn(connection.version, face, needs.handle, { url, token, coding: connection.coding }, needs.bridge, {
      operatorId,
      owner,
    });
  };

  async function each<D>(module: Exclude<keyof Fetched, 'refused'>, method: ListMethod<D>, keep: (wire: D) => Promise<PartyId | 'kept'>) {
    const refuse = (index: number, reason: string) => {
      fetched.refused += 1;
      needs.refused(module, index, reason);
    };
    let seen = 0;
    for await (const { items, reply } of crawl(method)) {
      for (const { index, violation } of reply.page?.refused ?? []) refuse(seen + index, `${violation.path} ${violation.message}`);
      for (const [index, item] of items.entries()) {
        try {
          const kept = await keep(item);
          if (kept === 'kept') fetched[module] += 1;
          else refuse(seen + index, `it belongs to ${kept}, for which the partner does not speak`);
        } catch (error) {
          if (!(error instanceof Untranslatable || error instanceof PricingError)) throw error;
          refuse(seen + index, error.message);
        }
      }
      seen += items.length;
    }
  }

  const mine = (owner: PartyId): boolean => partner.parties.some(({ party }) => party === owner);
  const tariffsUrl = has('cpo') ? list(v221.tariffs.sender) : undefined;
  if (tariffsUrl) {
    await each('tariffs', clientOf(v221.tariffs.sender, tariffsUrl, 'cpo').list, async (wire) => {
      const tariff = toTariff(wire);
      if (!mine(tariff.owner)) return tariff.owner;
      await needs.tariffs.recordPartnerTariff(operatorId, tariff);
      return 'kept';
    });
  }
  const locationsUrl = has('cpo') ? list(v221.locations.sender) : undefined;
  if (locationsUrl) {
    await each('locations', clientOf(v221.locations.sender, locationsUrl, 'cpo').list, async (wire) => {
      const location = toLocation(wire);
      if (!mine(location.owner)) return location.owner;
      await needs.stations.recordPartnerLocation(operatorId, location);
      return 'kept';
    });
  }
  const tokensUrl = has('emsp') ? list(v221.tokens.sender) : undefined;
  if (tokensUrl) {
    await each('tokens', clientOf(v221.tokens.sender, tokensUrl, 'emsp').list, async (wire) => {
      const one = toToken(wire);
      if (!mine(one.issuer)) return one.issuer;
      await needs.users.recordPartnerToken(operatorId, one);
      return 'kept';
    });
  }
  return fetched;
}
