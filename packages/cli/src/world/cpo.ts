// A partner CPO of the demo world: the simulated one of @evroam/ocpi in a process of its own, with its own stations, tariff and disk.
import { join } from 'node:path';
import { openSimulatedCpo, type SimulatedCpo, type SimulatorEvent, seedTariffs } from '@evroam/ocpi/simulator';
import { type CDR, cdrs } from '@evroam/ocpi/v221';
import { worldClock } from './clock.js';
import { fileNameOf, keepFile, openJournal } from './durable.js';
import { answerParent } from './part.js';
import { keepPinnedKey, type PartnerNews, toNews } from './partner.js';
import { creditOf, revisionOf, tooDear } from './revision.js';

export interface CpoConfig {
  readonly party: { readonly country: string; readonly party: string };
  readonly name: string;
  /** Its own disk. */
  readonly folder: string;
  readonly locations: number;
  readonly seed: number;
  readonly powerW: number;
  readonly pricePerKwh: number;
  readonly currency: string;
  /** Between two looks at running sessions, seconds of domain time. */
  readonly tickSeconds: number;
  /** How many of its first CDRs say one unit of the currency too much. */
  readonly lies: number;
}

/** Why a CDR came back. */
export interface Decline {
  readonly id: string;
  readonly code: string;
}

/** Its CDRs that were too dear, by id: what it made of the session, and what it sent. */
const lies = new Map<string, { readonly right: CDR; readonly sent: CDR }>();
let revise: ((lie: { readonly right: CDR; readonly sent: CDR }, why: string) => Promise<string[]>) | undefined;
let cpo: SimulatedCpo | undefined;
const running = (): SimulatedCpo => {
  if (!cpo) throw new RangeError('the CPO is not configured');
  return cpo;
};

const api = {
  configure: async (config: CpoConfig): Promise<void> => {
    if (cpo) throw new RangeError('the CPO is configured already');
    const { party, name, folder, currency } = config;
    const clock = worldClock();
    const journal = openJournal(join(folder, 'journal.ndjson'));
    const sent = new Map<string, Buffer>();
    /** What the hub has acknowledged is on this disk. */
    const note = (at: Date, id: string, value: unknown) => {
      journal.write({ at, what: 'cdrs.post', id, value });
      keepCdr(folder, party, id, sent.get(id));
    };
    revise = async ({ right, sent: lie }, why) => {
      const { country_code, party_id } = lie.cdr_token;
      const client = running().partner(cdrs.receiver, 'RECEIVER', { from: party, to: { country: country_code, party: party_id } });
      const ids: string[] = [];
      for (const cdr of [creditOf(lie, why, clock.now()), revisionOf(right, why, clock.now())]) {
        await client.post({ body: cdr });
        running().cdrs.put(cdr);
        note(clock.now(), cdr.id, cdr);
        tell({ at: clock.now().toISOString(), direction: 'out', what: 'cdrs.post', id: cdr.id });
        ids.push(cdr.id);
      }
      return ids;
    };
    cpo = await openSimulatedCpo({
      party,
      name,
      clock,
      locations: config.locations,
      tariffs: seedTariffs({ party, at: clock.now(), count: 1, currency }, config.pricePerKwh),
      seed: config.seed,
      powerWatt: config.powerW,
      spoilCdr: (right) => {
        if (lies.size >= config.lies) return right;
        const lie = tooDear(right);
        lies.set(right.id, { right, sent: lie });
        // What was sent is also what it shows to whoever asks.
        running().cdrs.put(lie);
        return lie;
      },
      onEvent: (event) => {
        rememberBytes(sent, event);
        if (event.direction === 'out' && event.error === undefined && /^(sessions|cdrs|commands)\./.test(event.what)) {
          if (event.what === 'cdrs.post' && event.id !== undefined) note(event.at, event.id, event.value);
          else journal.write({ at: event.at, what: event.what, id: event.id, value: event.value });
        }
        // A command is carried out at once, as a station would.
        if (event.direction === 'in' && event.what.startsWith('commands.')) setImmediate(look);
        const news = toNews(event);
        if (news) tell(news);
      },
    });
    setInterval(look, Math.max(50, (config.tickSeconds * 1000) / clock.rate));
  },
  register: async (invitation: { versionsUrl: string; token: string }): Promise<void> => {
    await running().register(invitation);
  },
  invite: async () => running().invite(),
  locations: async () => running().locations.all(),
  tokens: async () => running().tokens.all(),
  sessions: async () => running().sessions.all(),
  cdrs: async () =>
    running()
      .cdrs.all()
      .map(({ id, total_cost, total_energy }) => ({ id, total_cost, total_energy })),
  /**
   * What the hub's operator told ours: these CDRs are declined, and why. OCPI has no message for that. Takes each back by a credit CDR
   * and sends it anew; gives the ids that were sent.
   */
  takeBack: async ({ declined }: { declined: readonly Decline[] }): Promise<string[]> => {
    const ids: string[] = [];
    for (const { id, code } of declined) {
      const lie = lies.get(id);
      if (!lie || !revise) throw new RangeError(`the CDR ${id} is right as it is`);
      ids.push(...(await revise(lie, `declined: ${code}`)));
      lies.delete(id);
    }
    return ids;
  },
  /** CDRs that the hub has not accepted yet. */
  owed: async () =>
    running().owed.map(({ cdr, tries, lastError }) => ({ id: cdr.id, tries, ...(lastError === undefined ? {} : { lastError }) })),
  /** A driver holds a card to a station: the token must be one that the hub pushed. */
  plugIn: async ({ location, evse, tokenUid }: { location: string; evse: string; tokenUid: string }): Promise<string> => {
    const token = running().tokens.find(({ uid }) => uid.toUpperCase() === tokenUid.toUpperCase());
    if (!token) throw new RangeError(`the card ${tokenUid} is not known here`);
    return (await running().plugIn({ location_id: location, evse_uid: evse, token })).id;
  },
  unplug: async ({ session }: { session: string }): Promise<string> => (await running().unplug(session)).id,
  tick: async (): Promise<void> => look(),
  pin: async ({ folder, pem }: { folder: string; pem: string }): Promise<string> => keepPinnedKey(folder, pem),
  rotate: async (): Promise<void> => {
    await running().rotate();
  },
};
export type CpoApi = typeof api;

const tell: (news: PartnerNews) => void = answerParent(api);

let looking: Promise<void> | undefined;
/** Brings the sessions up to the clock; two looks do not overlap. */
function look(): Promise<void> {
  looking ??= running()
    .tick()
    .catch((error: unknown) => tell({ at: new Date().toISOString(), direction: 'self', what: 'failed', error: String(error) }))
    .finally(() => {
      looking = undefined;
    });
  return looking;
}

/** The bytes of a CDR as they went over the wire: what both sides' digests are of. */
function rememberBytes(sent: Map<string, Buffer>, { direction, what, raw }: SimulatorEvent): void {
  if (direction !== 'out' || raw === undefined || !/^POST .*\/cdrs\/?$/.test(what)) return;
  const { id } = JSON.parse(raw.toString('utf8')) as { id: string };
  sent.set(id, raw);
}

function keepCdr(folder: string, { country, party }: CpoConfig['party'], id: string, raw: Buffer | undefined): void {
  if (raw === undefined) throw new Error(`the bytes of CDR ${id} were not seen`);
  keepFile(join(folder, 'cdrs'), fileNameOf(country, party, id), raw);
}
