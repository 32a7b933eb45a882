import { type AnyCredentials, discover, endpointOf, type Handle, OcpiError, register, type Schema, unregister } from '@evroam/ocpi';
import type { BridgeVersion } from '@evroam/ocpi/bridge';
import * as v211 from '@evroam/ocpi/v211';
import * as v221 from '@evroam/ocpi/v221';
import * as v230 from '@evroam/ocpi/v230';
import type { NewId, OperatorId, PartnerId } from '../../../kernel/ids.js';
import { type Accepted, type Refused, refuse } from '../../../kernel/refusal.js';
import { newSecret, unseal } from '../../../kernel/secret.js';
import type { Partner } from '../../partner.js';
import type { RoamingService } from '../../service.js';
import type { Calling } from '../../trace/observe.js';
import { isSpoken, SPOKEN } from '../bridged/versions.js';

export type TheirCredentials = v211.Credentials | v221.Credentials | v230.Credentials;

export interface JoiningNeeds {
  service: RoamingService;
  call: Calling;
  newId: NewId;
  serverKey: Buffer;
  /** Our own credentials in a version, as that partner gets them. */
  ours(partner: Partner, version: BridgeVersion, token: string): Promise<TheirCredentials>;
  /** Throws where they name a party that the partner may not speak for. */
  mustSpeakFor(partner: Partner, theirs: TheirCredentials): void;
  /** Nobody is remembered by an earlier token. */
  forget(): void;
}

type Outcome<T extends object> = Accepted<T> | Refused<'unknownPartner' | 'notPossible' | 'partnerFailed'>;

const schemas: Readonly<Record<BridgeVersion, Schema>> = {
  '2.1.1': v211.Credentials,
  '2.2': v221.Credentials,
  '2.2.1': v221.Credentials,
  '2.3.0': v230.Credentials,
};

/** Registration that we begin: at a partner that invited us, and the renewal of tokens in use; and its end. OCPI 2.2.1, 7.1 */
export function createJoining({ service, call, newId, serverKey, ours, mustSpeakFor, forget }: JoiningNeeds) {
  /** Registers at a partner that gave us a token A. It can be tried again until it has worked. */
  async function accept(
    operatorId: OperatorId,
    partnerId: PartnerId,
    invitation: { versionsUrl: string; token: string },
  ): Promise<Outcome<{ version: string }>> {
    const partner = await service.partner(operatorId, partnerId);
    if (!partner) return refuse('unknownPartner', `no partner ${partnerId}`);
    if (partner.status !== 'invited') return refuse('notPossible', `the partner is ${partner.status}: to renew its tokens, rotate them`);
    return exchange(partner, { ...invitation, how: 'register' });
  }

  /** New tokens on both sides. Until the partner has used its new one, the old one is good: whatever is cut, nobody is locked out. */
  async function rotate(operatorId: OperatorId, partnerId: PartnerId): Promise<Outcome<{ version: string }>> {
    const partner = await service.partner(operatorId, partnerId);
    if (!partner) return refuse('unknownPartner', `no partner ${partnerId}`);
    if (partner.status !== 'registered' || !partner.connection) return refuse('notPossible', `the partner is ${partner.status}`);
    const { versionsUrl, sealedToken } = partner.connection;
    return exchange(partner, { versionsUrl, token: unseal(serverKey, sealedToken), how: 'update' });
  }

  async function exchange(
    partner: Partner,
    { versionsUrl, token, how }: { versionsUrl: string; token: string; how: 'register' | 'update' },
  ): Promise<Outcome<{ version: string }>> {
    const { operatorId, id, connection, quirks } = partner;
    const issued = newSecret();
    const handle: Handle = (request) => call(request, partner);
    const correlationId = newId();
    const coding = quirks?.coding ?? connection?.coding;
    try {
      // The best version in common is looked for again: a renewal is also how a partner moves on to another.
      const found = await discover({ handle, versionsUrl, token, correlationId, versions: SPOKEN, ...(coding ? { coding } : {}) });
      if (!isSpoken(found.version)) throw new OcpiError('unsupported-version', `${found.version} is not spoken here`);
      const registration = await register<AnyCredentials>({
        ...{ handle, versionsUrl, token, correlationId, how, coding: found.coding, versions: [found.version] },
        ours: await ours(partner, found.version, issued),
        schema: schemas[found.version] as Schema<AnyCredentials>,
        expect: () => service.expectToken(operatorId, id, issued, how),
      });
      mustSpeakFor(partner, registration.credentials as TheirCredentials);
      const { version, endpoints, versionsUrl: theirUrl } = registration;
      await service.saveRegistration(operatorId, id, {
        connection: { protocol: 'ocpi', version, versionsUrl: theirUrl, endpoints, coding: registration.coding },
        token: registration.token,
        issued,
      });
      forget();
      await service.heard(operatorId, id);
      return { accepted: true, version };
    } catch (error) {
      if (!(error instanceof OcpiError)) throw error;
      // Without an answer the partner may have taken the new token: it stays good beside the old one.
      return refuse('partnerFailed', `${error.code}: ${error.message}`);
    }
  }

  /** Tells a partner that it is over. False where it could not be told: for us it is over all the same. */
  async function farewell(partner: Partner): Promise<boolean> {
    if (!partner.connection) return false;
    const { endpoints, coding, sealedToken } = partner.connection;
    try {
      const handle: Handle = (request) => call(request, partner);
      await unregister({ handle, url: endpointOf(endpoints, 'credentials', 'SENDER'), token: unseal(serverKey, sealedToken), coding });
      return true;
    } catch (error) {
      if (error instanceof OcpiError) return false;
      throw error;
    }
  }

  return { accept, rotate, farewell };
}
