import { OcpiError } from '@evroam/ocpi';
import type * as v221 from '@evroam/ocpi/v221';
import type { Clock } from '../../../kernel/clock.js';
import type { NewId, OperatorId, PartnerId } from '../../../kernel/ids.js';
import { unseal } from '../../../kernel/secret.js';
import type { PartyId } from '../../../model/party.js';
import { beginImport, type Import, type ImportedModule, type ImportMode, importedModules } from '../../import.js';
import type { Bodies, Kind, Message, Reply } from '../../message.js';
import { type Connection, type Partner, speaksFor } from '../../partner.js';
import type { StationsPort, TariffsPort, UsersPort } from '../../ports.js';
import { idOf } from '../../store/imports.js';
import type { RoamingStore } from '../../store.js';
import type { Calling } from '../../trace/observe.js';
import type { Bridge } from '../bridged/bridge.js';
import { isSpoken } from '../bridged/versions.js';
import { toCdr } from './cdrs.js';
import { fetchPages, foreign, type Kept, type Listed, listUrl } from './fetch.js';
import { toLocation } from './locations.js';
import { toSession } from './sessions.js';
import { toTariff } from './tariffs.js';
import { toToken } from './tokens.js';

export interface ImportingNeeds {
  store: RoamingStore;
  stations: StationsPort;
  tariffs: TariffsPort;
  users: UsersPort;
  call: Calling;
  bridge: Bridge;
  serverKey: Buffer;
  clock: Clock;
  newId: NewId;
  route(message: Message): Promise<Reply>;
}

export interface ImportWish {
  mode: ImportMode;
  modules?: readonly ImportedModule[];
}

/** How many objects of each module were taken, and how many were refused in all. */
export type Fetched = Record<ImportedModule | 'refused', number>;

type Connected = Partner & { connection: Connection };

/** Reads what a partner has, and keeps after each page how far it is. What is refused lies in quarantine, with the reason. */
export function createImporting(needs: ImportingNeeds) {
  const { store, serverKey, clock } = needs;
  const running = new Map<string, Promise<Fetched | undefined>>();

  /** One import of a partner at a time: who asks meanwhile waits for that one. */
  async function importPartner(operatorId: OperatorId, partnerId: PartnerId, wish: ImportWish): Promise<Fetched | undefined> {
    const name = `${operatorId}/${partnerId}`;
    const before = running.get(name);
    const mine = (before ?? Promise.resolve(undefined)).catch(() => undefined).then(() => run(operatorId, partnerId, wish));
    running.set(name, mine);
    try {
      return await mine;
    } finally {
      if (running.get(name) === mine) running.delete(name);
    }
  }

  async function run(operatorId: OperatorId, partnerId: PartnerId, { mode, modules }: ImportWish): Promise<Fetched | undefined> {
    const partner = await store.partner(operatorId, partnerId);
    if (partner?.status !== 'registered' || !partner.connection) return undefined;
    const fetched: Fetched = { tariffs: 0, locations: 0, tokens: 0, sessions: 0, cdrs: 0, refused: 0 };
    let failure: unknown;
    for (const module of importedModules) {
      if ((modules && !modules.includes(module)) || listUrl(partner, module) === undefined) continue;
      const done = await importModule({ ...partner, connection: partner.connection }, module, mode);
      fetched[module] = done.kept;
      fetched.refused += done.refused;
      failure ??= done.failure;
    }
    if (failure !== undefined) throw failure;
    return fetched;
  }

  async function importModule(partner: Connected, module: ImportedModule, mode: ImportMode): Promise<Import & { failure?: unknown }> {
    const { operatorId, id: partnerId } = partner;
    let one = beginImport(await store.importOf(operatorId, partnerId, module), { operatorId, partnerId, module, mode }, clock.now());
    await store.saveImport(one);
    const token = unseal(serverKey, partner.connection.sealedToken);
    try {
      for await (const page of fetchPages(partner, token, module, one, (item) => take(partner, module, item), needs)) {
        const seenAt = clock.now();
        for (const { item, reason } of page.refused) await store.quarantine(operatorId, { partnerId, module, reason, item, seenAt });
        const { next: _, ...before } = one;
        one = {
          ...before,
          ...(page.next === undefined ? {} : { next: page.next }),
          ...(page.total === undefined ? {} : { total: page.total }),
          ...{ updatedAt: seenAt, pages: one.pages + 1, kept: one.kept + page.kept, unchanged: one.unchanged + page.unchanged },
          refused: one.refused + page.refused.length,
        };
        await store.saveImport(one);
      }
      one = { ...one, state: 'done', updatedAt: clock.now(), completeAt: one.startedAt };
      await store.saveImport(one);
      return one;
    } catch (error) {
      if (!(error instanceof OcpiError)) throw error;
      const { next, ...rest } = one;
      // Who does not know the place any more is asked from the beginning next time.
      const isThere = AWAY.has(error.code);
      const failed: Import = { ...rest, ...(isThere && next !== undefined ? { next } : {}), state: 'failed', error: error.message };
      await store.saveImport(failed);
      return { ...failed, failure: error };
    }
  }

  async function take(partner: Connected, module: ImportedModule, item: Listed): Promise<Kept> {
    const became = await takers[module](partner, item);
    if (became === 'kept') await store.release(partner.operatorId, partner.id, module, idOf(item.home));
    return became;
  }

  const takers: Readonly<Record<ImportedModule, (partner: Connected, item: Listed) => Promise<Kept>>> = {
    async tariffs(partner, { home }) {
      const tariff = toTariff(home as v221.Tariff);
      if (!speaksFor(partner, tariff.owner)) return foreign(tariff.owner);
      await needs.tariffs.recordPartnerTariff(partner.operatorId, tariff);
      return 'kept';
    },
    async locations(partner, { home }) {
      const location = toLocation(home as v221.Location);
      if (!speaksFor(partner, location.owner)) return foreign(location.owner);
      const recorded = await needs.stations.recordPartnerLocation(partner.operatorId, location);
      return recorded.accepted ? 'kept' : { refused: recorded.detail ?? recorded.reason };
    },
    async tokens(partner, { home }) {
      const token = toToken(home as v221.Token);
      if (!speaksFor(partner, token.issuer)) return foreign(token.issuer);
      const recorded = await needs.users.recordPartnerToken(partner.operatorId, token);
      return recorded.accepted ? 'kept' : 'unchanged';
    },
    async sessions(partner, item) {
      const session = toSession(item.home as v221.Session);
      const { operatorId } = partner;
      if (!speaksFor(partner, session.owner, 'cpo')) return foreign(session.owner);
      const known = await store.partnerSession(operatorId, session.owner, { sessionId: session.id });
      if (known && known.session.updatedAt >= session.updatedAt) {
        await store.linkCommands(operatorId, known.session);
        return 'unchanged';
      }
      const reply = await send('session', partner, session.owner, session.token.issuer, item, session);
      // It is kept here before it goes on; an eMSP that is away reads it when it is back.
      return reply.accepted || reply.reason === 'notConnected' || reply.reason === 'timeout'
        ? 'kept'
        : { refused: reply.detail ?? reply.reason };
    },
    /** The same way as a CDR that was posted: durable, once, and with its conflicts in sight. */
    async cdrs(partner, item) {
      const wire = item.home as v221.CDR;
      const { operatorId } = partner;
      const location = await needs.stations.location(operatorId, ownerOf(wire), wire.cdr_location.id);
      if (!location) return { refused: `location ${wire.cdr_location.id} is not known here, and a CDR is not priced without its zone` };
      const cdr = toCdr(wire, location.timeZone);
      if (!speaksFor(partner, cdr.owner, 'cpo')) return foreign(cdr.owner);
      const [known] = await store.receivedCdrs(operatorId, [cdr]);
      // A list has no bytes of an object of its own: what says the same is the same.
      if (known && sameJson(known.exchange.bytes, item.bytes)) return 'unchanged';
      const reply = await send('cdr', partner, cdr.owner, cdr.token.issuer, item, cdr);
      return reply.accepted ? 'kept' : { refused: reply.detail ?? reply.reason };
    },
  };

  async function send<K extends Kind>(
    kind: K,
    { operatorId }: Partner,
    from: PartyId,
    issuer: PartyId,
    { version, bytes }: Listed,
    body: Bodies[K],
  ): Promise<Reply> {
    const hosted = (await store.hostedParties(operatorId)).find(({ role }) => role === 'emsp')?.party;
    const to = (await store.homeOf(operatorId, issuer)) === undefined ? hosted : issuer;
    if (to === undefined) return { accepted: false, reason: 'unknownReceiver', detail: `nobody here has the driver of ${issuer}` };
    const raw = isSpoken(version) ? { raw: { version, bytes } } : {};
    const message: Message<K> = { kind, operatorId, from, to, correlation: needs.newId(), ...raw, typed: () => body };
    return needs.route(message as unknown as Message);
  }

  return { importPartner };
}

const AWAY: ReadonlySet<string> = new Set(['timeout', 'unreachable', 'unavailable', 'hub-timeout', 'not-connected']);

const ownerOf = ({ country_code, party_id }: v221.CDR): PartyId => `${country_code}-${party_id}`.toUpperCase() as PartyId;

/** Whether two JSON texts say the same, whatever the order of their fields. */
function sameJson(a: Buffer, b: Buffer): boolean {
  return sorted(a) === sorted(b);
}

function sorted(bytes: Buffer): string {
  return JSON.stringify(JSON.parse(bytes.toString('utf8')), (_, value: unknown) =>
    typeof value === 'object' && value !== null && !Array.isArray(value)
      ? Object.fromEntries(Object.entries(value).sort(([x], [y]) => (x < y ? -1 : 1)))
      : value,
  );
}
