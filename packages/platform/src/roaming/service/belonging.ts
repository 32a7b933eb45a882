import type { Clock } from '../../kernel/clock.js';
import type { OperatorId } from '../../kernel/ids.js';
import { refuse } from '../../kernel/refusal.js';
import type { PartyId } from '../../model/party.js';
import type { PartyLink } from '../link.js';
import type { Kind, Message, ProfileKind, RefusedReply } from '../message.js';
import type { RoamingStore } from '../store.js';

export interface BelongingNeeds {
  store: Pick<RoamingStore, 'homeOf' | 'reservedAt' | 'isReservedByAnother' | 'lastSessionAt' | 'partnerSession'>;
  clock: Clock;
}

/** Messages about something that somebody has: the others are not looked at here. */
export const OF_SOMEBODY: ReadonlySet<Kind> = new Set<Kind>([
  'reserveNow',
  'cancelReservation',
  'unlockConnector',
  'setChargingProfile',
  'clearChargingProfile',
  'getActiveProfile',
  'activeProfile',
  'chargingPreferences',
]);

/**
 * What a party may ask of another partner about a reservation, a session or a connector: only of what is its own. The CPO may not look,
 * or may have no way to know who asks; what the hub has not seen it cannot vouch for. Our own CPO looks for itself.
 */
export function createBelonging({ store, clock }: BelongingNeeds) {
  return async function foreign(message: Message, link: PartyLink): Promise<RefusedReply | undefined> {
    const { operatorId, from, to } = message;
    switch (message.kind) {
      case 'reserveNow': {
        const { reservationId } = (message as Message<'reserveNow'>).typed();
        const taken = link.hidesAsker && (await store.isReservedByAnother(operatorId, to, reservationId, from, clock.now()));
        return taken ? refuse('conflict', `${to} keeps one reservation of each id, and ${reservationId} is taken`) : undefined;
      }
      case 'cancelReservation': {
        if (await isHosted(operatorId, to)) return undefined;
        const { reservationId } = (message as Message<'cancelReservation'>).typed();
        const at = await store.reservedAt(operatorId, from, reservationId);
        return at === to ? undefined : refuse('unknownReservation', `${from} has no reservation ${reservationId} at ${to}`);
      }
      case 'unlockConnector': {
        if (await isHosted(operatorId, to)) return undefined;
        const last = await store.lastSessionAt(operatorId, { owner: to, ...(message as Message<'unlockConnector'>).typed() });
        return last?.token.issuer === from ? undefined : refuse('unknownSession', `${from} has no session at this connector`);
      }
      case 'setChargingProfile':
      case 'clearChargingProfile':
      case 'getActiveProfile':
      case 'chargingPreferences':
        return (await isHosted(operatorId, to)) ? undefined : between(message, to, from);
      case 'activeProfile':
        return (await isHosted(operatorId, from)) ? undefined : between(message, from, to);
      default:
        return undefined;
    }
  };

  async function isHosted(operatorId: OperatorId, party: PartyId): Promise<boolean> {
    return (await store.homeOf(operatorId, party)) === 'hosted';
  }

  async function between(message: Message, owner: PartyId, issuer: PartyId): Promise<RefusedReply | undefined> {
    const { sessionId } = (message as Message<'chargingPreferences' | 'activeProfile' | ProfileKind>).typed();
    const known = await store.partnerSession(message.operatorId, owner, { sessionId });
    return known?.session.token.issuer === issuer
      ? undefined
      : refuse('unknownSession', `no session ${sessionId} of ${issuer} at ${owner}`);
  }
}
