import { OcpiError } from '@evroam/ocpi';
import { type BridgeVersion, convert } from '@evroam/ocpi/bridge';
import type * as v211 from '@evroam/ocpi/v211';
import type * as v221 from '@evroam/ocpi/v221';
import type * as v230 from '@evroam/ocpi/v230';
import type { OperatorId } from '../../kernel/ids.js';
import { partyId, type Role } from '../../model/party.js';
import type { Partner } from '../partner.js';
import type { RoamingStore } from '../store.js';
import { HOME } from './bridged/versions.js';
import { ownerFields } from './ocpi221/tokens.js';

export const wireRoles = { cpo: 'CPO', emsp: 'EMSP', hub: 'HUB' } as const satisfies Record<Role, v221.Role>;

/**
 * A hub of 2.2.x shows one role, HUB; whom one reaches through it is told by hubclientinfo. With 2.1.1 a partner sees the one party
 * of ours that faces it. OCPI 2.2.1, 2.3
 */
export async function rolesOf(store: RoamingStore, partner: Partner, version: BridgeVersion): Promise<v221.CredentialsRole[]> {
  const hosted = await store.hostedParties(partner.operatorId);
  const hubs = hosted.filter(({ role }) => role === 'hub');
  const facing = hosted.filter(({ role }) => role !== 'hub' && !partner.parties.some((one) => one.role === role));
  const shown = version === '2.1.1' ? facing.slice(0, 1) : hubs.length > 0 ? hubs : hosted;
  return shown.map(({ party, role, name }) => ({ role: wireRoles[role], ...ownerFields(party), business_details: { name } }));
}

/** Whom one reaches through us: what 2.3.0 lists beside `hub_party_id`. */
export async function reachableRoles(store: RoamingStore, operatorId: OperatorId): Promise<v221.CredentialsRole[]> {
  const all = await store.parties(operatorId);
  return all
    .filter(({ role, status }) => role !== 'hub' && status !== 'revoked')
    .map(({ party, role, name }) => ({ role: wireRoles[role], ...ownerFields(party), business_details: { name } }));
}

export function asVersion(
  version: BridgeVersion,
  ours: v221.Credentials,
  partner: Partner,
  reachable: readonly v221.CredentialsRole[],
): v211.Credentials | v230.Credentials {
  const first = ours.roles[0];
  const owner = first ? { country_code: first.country_code, party_id: first.party_id } : ownerFields(partner.parties[0]!.party);
  const { result, losses } = convert(HOME, version, 'Credentials', ours, { owner, lookup: { reachable: () => reachable } });
  if (result === undefined) throw new Error(`our credentials cannot be told in OCPI ${version}: ${losses.at(-1)?.message}`);
  return result as v211.Credentials | v230.Credentials;
}

/** OCPI authenticates platforms and not parties, so the invitation's list decides. */
export function mustSpeakFor(partner: Partner, theirs: v211.Credentials | v221.Credentials | v230.Credentials): void {
  const roles: readonly { country_code: string; party_id: string; role?: string }[] = 'roles' in theirs ? theirs.roles : [theirs];
  for (const [index, { role, country_code, party_id }] of roles.entries()) {
    const claimed = partyId(country_code, party_id);
    const known = partner.parties.some((one) => one.party === claimed && (role === undefined || wireRoles[one.role] === role));
    if (!known) {
      const path = role === undefined ? '/party_id' : `/roles/${index}`;
      throw new OcpiError(
        'invalid',
        `${path}: your invitation does not name ${claimed}${role === undefined ? '' : ` as ${role}`}; ask us to add it`,
        { path },
      );
    }
  }
}
