// What a PATCH does to an object. OCPI 2.2.1, 4.1.3, 8.2.2.3, 9.2.2.3
import { sameText } from './check.js';

/**
 * Applies a PATCH. Fields replace; null takes an optional field away; objects inside are replaced whole; charging periods are appended;
 * EVSEs and connectors are merged with the one of the same uid or id. Nothing given is changed in place.
 */
export function applyPatch<T extends object>(object: T, patch: Readonly<Record<string, unknown>> | object): T {
  const result: Record<string, unknown> = Object.fromEntries(Object.entries(object));
  for (const [field, value] of Object.entries(patch)) {
    const before = result[field];
    if (value === null) delete result[field];
    else if (field === 'charging_periods' && Array.isArray(value)) result[field] = [...listOf(before), ...value];
    else if (field in identities && Array.isArray(value)) result[field] = mergeByIdentity(listOf(before), value, identities[field] ?? 'id');
    else result[field] = value;
  }
  return result as T;
}

const identities: Readonly<Record<string, string>> = { evses: 'uid', connectors: 'id' };
const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);
const isRecord = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null && !Array.isArray(value);

function mergeByIdentity(before: readonly unknown[], patches: readonly unknown[], identity: string): readonly unknown[] {
  const merged = [...before];
  for (const patch of patches) {
    if (!isRecord(patch)) continue;
    const key = patch[identity];
    const at = merged.findIndex(
      (one) => isRecord(one) && typeof key === 'string' && typeof one[identity] === 'string' && sameText(one[identity], key),
    );
    const old = merged[at];
    if (isRecord(old)) merged[at] = applyPatch(old, patch);
    else merged.push(patch);
  }
  return merged;
}

interface Stamped {
  readonly last_updated: string;
}
interface EvseLike extends Stamped {
  readonly uid: string;
  readonly connectors: readonly (Stamped & { readonly id: string })[];
}
interface LocationLike extends Stamped {
  readonly evses?: readonly EvseLike[];
}
type EvseOf<L extends LocationLike> = NonNullable<L['evses']>[number];
type ConnectorOf<L extends LocationLike> = EvseOf<L>['connectors'][number];

/** Puts or patches an EVSE inside its Location and raises the Location's last_updated. Undefined when a PATCH finds no such EVSE. */
export function withEvse<L extends LocationLike>(
  location: L,
  uid: string,
  change: Partial<EvseOf<L>> & Stamped,
  how: 'put' | 'patch',
): L | undefined {
  const evses: readonly EvseLike[] = location.evses ?? [];
  const old = evses.find((one) => sameText(one.uid, uid));
  if (!old && how === 'patch') return undefined;
  const evse = how === 'patch' && old ? applyPatch(old, change) : (change as EvseLike);
  const next = old ? evses.map((one) => (one === old ? evse : one)) : [...evses, evse];
  return { ...location, evses: next, last_updated: later(location.last_updated, change.last_updated) };
}

/** Puts or patches a connector inside its EVSE and raises last_updated of both parents. Undefined when there is no such EVSE or, for a PATCH, connector. */
export function withConnector<L extends LocationLike>(
  location: L,
  uid: string,
  id: string,
  change: Partial<ConnectorOf<L>> & Stamped,
  how: 'put' | 'patch',
): L | undefined {
  const evse = location.evses?.find((one) => sameText(one.uid, uid));
  const old = evse?.connectors.find((one) => sameText(one.id, id));
  if (!evse || (!old && how === 'patch')) return undefined;
  const connector = how === 'patch' && old ? applyPatch(old, change) : change;
  const connectors = old ? evse.connectors.map((one) => (one === old ? connector : one)) : [...evse.connectors, connector];
  const changed = { ...evse, connectors, last_updated: later(evse.last_updated, change.last_updated) };
  return withEvse(location, uid, changed as Partial<EvseOf<L>> & Stamped, 'put');
}

const bare = (stamp: string): string => stamp.replace(/(?:Z|\+00:00)$/i, '').replace(/\.0+$/, '');
const later = (a: string, b: string): string => (bare(b) > bare(a) ? b : a);
