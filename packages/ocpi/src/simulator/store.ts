// A list in memory, in order of creation, that OCPI can page through.
import { type Page, pageOf, type Window } from '../paging.js';

interface Owned {
  readonly country_code: string;
  readonly party_id: string;
  readonly last_updated: string;
}

/** Objects by owner and id, in order of creation. */
export interface Store<T> {
  get(owner: { readonly country_code: string; readonly party_id: string }, id: string): T | undefined;
  find(fits: (item: T) => boolean): T | undefined;
  /** Stores the object; true when it is new. */
  put(item: T): boolean;
  delete(owner: { readonly country_code: string; readonly party_id: string }, id: string): boolean;
  page(window: Window): Page<T>;
  all(): readonly T[];
}

/** An empty store; `idOf` names an object within its owner. */
export function openStore<T extends Owned>(idOf: (item: T) => string, items: readonly T[] = []): Store<T> {
  const byKey = new Map<string, { readonly position: number; item: T }>();
  let created = 0;
  const keyOf = (owner: { readonly country_code: string; readonly party_id: string }, id: string): string =>
    `${owner.country_code}/${owner.party_id}/${id}`.toUpperCase();
  const store: Store<T> = {
    get: (owner, id) => byKey.get(keyOf(owner, id))?.item,
    find: (fits) => {
      for (const { item } of byKey.values()) if (fits(item)) return item;
      return undefined;
    },
    put(item) {
      const key = keyOf(item, idOf(item));
      const known = byKey.get(key);
      if (known) known.item = item;
      else {
        created += 1;
        byKey.set(key, { position: created, item });
      }
      return !known;
    },
    delete: (owner, id) => byKey.delete(keyOf(owner, id)),
    page: (window) => pageOf(entries(byKey.values()), window, (item) => item.last_updated),
    all: () => [...byKey.values()].map(({ item }) => item),
  };
  for (const item of items) store.put(item);
  return store;
}

function* entries<T>(held: Iterable<{ readonly position: number; readonly item: T }>): Generator<readonly [number, T]> {
  for (const { position, item } of held) yield [position, item];
}
