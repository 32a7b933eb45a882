import { createHash } from 'node:crypto';
import type { Location } from '../../../model/location.js';
import type { PartyId } from '../../../model/party.js';
import type { Token } from '../../../model/token.js';
import type { Gun } from '../../tcec.js';

/** T/CEC 102.2-2016, 充电站信息 and 充电设备接口信息 */
const STATION_LENGTH = 20;
/** One EVSE is one gun at an equipment of its own, so its name fits both. T/CEC 102.2-2016, 充电设备信息 */
const GUN_LENGTH = 23;
const SEQ_TAIL = 18;
/** As long as an OCPP 1.6 idTag allows, and of the digits that a card of a pile has. */
const UID_LENGTH = 16;

const hashOf = (text: string): string => createHash('sha256').update(text).digest('hex').toUpperCase();

/** Ids are unique for one owner, and a partner of this standard sees one operator: so the owner stands in front, and what is too long is a digest. */
function nameOf(owner: PartyId, id: string, length: number): string {
  const front = owner.replace('-', '');
  return front.length + id.length <= length && /^[\w*-]+$/.test(id)
    ? front + id
    : front + hashOf(`${owner} ${id}`).slice(0, length - front.length);
}

export const stationName = (owner: PartyId, locationId: string): string => nameOf(owner, locationId, STATION_LENGTH);
export const gunName = (owner: PartyId, evseUid: string): string => nameOf(owner, evseUid, GUN_LENGTH);

/** A location under the names that partners of this standard know it by, and what each gun is. */
export function named(location: Location): { location: Location; guns: Gun[] } {
  const { owner, id } = location;
  const stationId = stationName(owner, id);
  const evses = location.evses.map((evse) => ({ ...evse, uid: gunName(owner, evse.uid) }));
  const guns = location.evses.map(({ uid }) => ({ connectorId: gunName(owner, uid), stationId, owner, locationId: id, evseUid: uid }));
  return { location: { ...location, id: stationId, evses }, guns };
}

/** A sequence of ours: our operator id, and 18 characters that the same id always gives. T/CEC 102.3-2016 */
export const seqOf = (ourId: string, id: string): string => ourId + hashOf(id).slice(0, SEQ_TAIL);

/** The driver of a start, whom the standard does not name: a token for this one order, by which its session is found again. */
export function tokenOf(issuer: PartyId, issuerName: string, seq: string, now: Date): Token {
  const uid = hashOf(`${issuer} ${seq}`).slice(0, UID_LENGTH);
  return {
    ...{ issuer, uid, issuerName, type: 'adHocUser', contractId: `${issuer}-C${uid}` },
    // Its partner was asked by the start itself, and cannot be asked at the station.
    ...{ valid: true, whitelist: 'always', updatedAt: now },
  };
}
