// A partner eMSP of the demo world: the simulated one of @evroam/ocpi in a process of its own, with its own tokens and its own disk.
import { join } from 'node:path';
import { openSimulatedEmsp, type SimulatedEmsp, type SimulatorEvent } from '@evroam/ocpi/simulator';
import { worldClock } from './clock.js';
import { fileNameOf, keepFile, openJournal } from './durable.js';
import { answerParent } from './part.js';
import { keepPinnedKey, type PartnerNews, toNews } from './partner.js';

export interface EmspConfig {
  readonly party: { readonly country: string; readonly party: string };
  readonly name: string;
  /** Its own disk. */
  readonly folder: string;
  /** How many drivers' cards it issues. */
  readonly tokens: number;
  readonly seed: number;
}

let emsp: SimulatedEmsp | undefined;
const running = (): SimulatedEmsp => {
  if (!emsp) throw new RangeError('the eMSP is not configured');
  return emsp;
};

const api = {
  configure: async ({ party, name, folder, tokens, seed }: EmspConfig): Promise<void> => {
    if (emsp) throw new RangeError('the eMSP is configured already');
    const journal = openJournal(join(folder, 'journal.ndjson'));
    emsp = await openSimulatedEmsp({
      party,
      name,
      clock: worldClock(),
      tokens,
      seed,
      // Kept and synced before the CDR is answered: money that was acknowledged is not lost here either.
      onCdr: ({ cdr, raw }) => keepFile(join(folder, 'cdrs'), fileNameOf(cdr.country_code, cdr.party_id, cdr.id), raw),
      onEvent: (event) => {
        if (isHeard(event)) journal.write({ at: event.at, what: event.what, id: event.id, value: event.value });
        const news = toNews(event);
        if (news) tell(news);
      },
    });
    keepFile(folder, 'tokens.json', JSON.stringify(emsp.tokens.all()));
  },
  /** The handshake, from token A to B and C. */
  register: async (invitation: { versionsUrl: string; token: string }): Promise<void> => {
    await running().register(invitation);
  },
  /** An invitation for a hub that registers here. */
  invite: async () => running().invite(),
  /** Reads locations and tariffs, page by page. */
  pull: async () => running().pull(),
  locations: async () => running().locations.all(),
  tokens: async () => running().tokens.all(),
  sessions: async () => running().sessions.all(),
  cdrs: async () => running().cdrs.map(({ cdr }) => ({ id: cdr.id, total_cost: cdr.total_cost, total_energy: cdr.total_energy })),
  /** Starts a session for the driver of a card; resolves with the result that comes to the response_url. */
  start: async ({ token, location, evse, connector }: { token: number; location: string; evse: string; connector: string }) => {
    const driver = running().tokens.all()[token];
    if (!driver) throw new RangeError(`there is no card ${token}`);
    const { response, result } = await running().startSession({
      token: driver,
      location_id: location,
      evse_uid: evse,
      connector_id: connector,
    });
    return { response: response.result, result: (await result).result, token: driver.uid };
  },
  stop: async ({ session }: { session: string }) => {
    const { response, result } = await running().stopSession(session);
    return { response: response.result, result: (await result).result };
  },
  /** Waits for something to happen, such as `cdrs.post` of an id. */
  heard: async ({ what, id }: { what: string; id?: string }): Promise<void> => {
    await running().next((event) => event.what === what && event.direction === 'in' && (id === undefined || event.id === id), {
      past: true,
      withinMs: 50_000,
    });
  },
  /** Keeps the hub's public key, as the agreement pins it. */
  pin: async ({ folder, pem }: { folder: string; pem: string }): Promise<string> => keepPinnedKey(folder, pem),
  /** Starts anew with a token that both sides renew. */
  rotate: async (): Promise<void> => {
    await running().rotate();
  },
};
export type EmspApi = typeof api;

const tell: (news: PartnerNews) => void = answerParent(api);

/** What the hub sent and we acknowledged. */
const isHeard = ({ direction, what }: SimulatorEvent): boolean =>
  direction === 'in' && /^(sessions|cdrs|locations|tariffs|commands)\./.test(what);
