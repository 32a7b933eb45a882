// A partner platform written on raw HTTP, in a process of its own: it imports nothing of this project, so that what it
// understands is the standard and not our reading of it. Its parent steers it over IPC; what goes to the hub goes over HTTP.
import { randomUUID } from 'node:crypto';
import { cdr, location, session, tariff, token, tokens } from './raw-objects.js';
import {
  type Any,
  ask,
  type Config,
  endpoint,
  exchange,
  type Fault,
  isOld,
  type Json,
  recall,
  remember,
  routed,
  say,
  self,
} from './raw-self.js';
import { begin, open, push } from './raw-server.js';

type To = [country: string, party: string];

const actions: Record<string, (args: Any) => Promise<unknown>> = {
  async configure({ file, ...config }: Config & { file?: string }) {
    Object.assign(self, { config, file });
    await open(0);
    remember();
  },
  /** Comes back after a kill, at the same address, with what it had kept. */
  async restore({ file }: { file: string }) {
    recall(file);
    await open(Number(new URL(self.url).port));
  },
  async register({ versionsUrl, token: tokenA }: { versionsUrl: string; token: string }) {
    const { version } = self.config;
    const { data: versions } = await ask('GET', versionsUrl, tokenA);
    const mine = versions.find((one: Json) => one.version === version);
    if (!mine) throw new Error(`the hub does not speak ${version}: ${JSON.stringify(versions)}`);
    const { data: details } = await ask('GET', mine.url, tokenA);
    self.tokenForHub = randomUUID();
    const at = details.endpoints.find((one: Json) => one.identifier === 'credentials').url;
    const { data } = await ask('POST', at, tokenA, credentials());
    self.hub = { token: data.token, endpoints: details.endpoints };
    remember();
    return data;
  },
  /** Credentials as we would send them, with what the test changes in them. */
  credentials: async ({ more = {} }: { more?: Json }) => ({ ...credentials(), ...more }),
  /** What we present and what we expect from now on. */
  async tokens({ ours, theirs }: { ours?: string; theirs?: string }) {
    if (ours !== undefined) self.tokenForHub = ours;
    if (theirs !== undefined && self.hub) self.hub.token = theirs;
    return { ours: self.tokenForHub, theirs: self.hub?.token };
  },

  // As an eMSP.
  async start({ card, location }: { card: number; location: Json }) {
    const body = { response_url: `${self.url}/commands/START_SESSION/${randomUUID()}`, token: token(card), ...location };
    return (await say('POST', `${endpoint('commands', 'RECEIVER')}/START_SESSION`, body)).data;
  },
  async stop({ session }: { session: string }) {
    const body = { response_url: `${self.url}/commands/STOP_SESSION/${randomUUID()}`, session_id: session };
    return (await say('POST', `${endpoint('commands', 'RECEIVER')}/STOP_SESSION`, body)).data;
  },
  /** What is said from now on when somebody asks about a card. */
  async answer({ uid, allowed }: { uid: string; allowed: string }) {
    self.verdicts.set(uid, allowed);
  },
  /** A card is told to somebody, in whatever state it is. */
  async harvest({ uid, to, more = {} }: { uid: string; to: To; more?: Json }) {
    const { country, party } = self.config;
    const at = `${endpoint('tokens', 'RECEIVER')}/${country}/${party}/${uid}`;
    return (await exchange('PUT', at, self.hub!.token, { ...token(1), uid, ...more }, routed(to))).text;
  },

  // As a CPO.
  /** A card is held to a station of ours: known from the hub's list of tokens, and asked about where its issuer wants that. */
  async card({ uid }: { uid: string }) {
    const { data } = await ask('GET', endpoint('tokens', 'SENDER'), self.hub!.token, undefined, routed());
    const card = data.find((one: Json) => one.uid === uid);
    if (!card) throw new Error(`the card ${uid} is not known: ${JSON.stringify(data.map((one: Json) => one.uid))}`);
    if (card.whitelist === 'ALWAYS' || card.whitelist === 'ALLOWED') return started({ card, method: 'WHITELIST' });
    const { data: said } = await say('POST', `${endpoint('tokens', 'SENDER')}/${uid}/authorize`, {
      location_id: 'L1',
      evse_uids: [`${self.config.party}-E1`],
    });
    if (said.allowed !== 'ALLOWED') return said.allowed;
    return started({ card, method: 'AUTH_REQUEST', reference: said.authorization_reference });
  },
  /** Ends all sessions of ours and bills them; may be killed once so many CDRs were taken, before it has noted the last one. */
  async finish({ dieAfter }: { dieAfter?: number } = {}) {
    let posted = 0;
    for (const [id, kept] of self.sessions) {
      const { mine, card, method, reference, done, bill } = kept;
      if (!mine || done) continue;
      await push(id, true);
      // The very same bytes after a kill: a CDR is made once.
      const bytes = bill ?? JSON.stringify(cdr(id, { card, method, reference }));
      self.sessions.set(id, { ...kept, bill: bytes });
      remember();
      await say('POST', endpoint('cdrs', 'RECEIVER'), bytes);
      posted += 1;
      if (posted === dieAfter) process.kill(process.pid, 'SIGKILL');
      self.sessions.set(id, { ...kept, bill: bytes, done: true });
      remember();
    }
  },

  // Whatever a test wants to know or to try.
  locations: async () => (await ask('GET', endpoint('locations', 'SENDER'), self.hub!.token, undefined, routed())).data,
  /** Whatever the hub answers to a request, good or bad, as text. */
  read: async ({ url, to, method = 'GET' }: { url: string; to: To; method?: string }) =>
    (await exchange(method, url, self.hub!.token, undefined, routed(to))).text,
  /** The same with a body and headers of the test's own, and everything that comes back. */
  async raw({ method, url, body, headers = {}, token: as = self.hub!.token }: Any) {
    const { http, headers: got, text } = await exchange(method, url, as, body, headers);
    return { http, headers: got, body: text === '' ? undefined : JSON.parse(text) };
  },
  /** From now on paths that begin so are answered wrongly; with nothing they are again as they were. */
  async fault({ path, as }: { path: string; as?: Fault }) {
    if (as === undefined) self.faults.delete(path);
    else self.faults.set(path, as);
  },
  own: async () => ({
    location: location(),
    tariff: tariff(),
    cards: tokens(),
    session: session('S-X', { card: token(1), method: 'WHITELIST' }, false),
  }),
  url: async () => self.url,
  /** A CDR that the test sends itself. */
  bill: async ({ id, card }: { id: string; card: Json }) => ({
    cdr: { ...cdr(id, { card, method: 'WHITELIST' }), last_updated: '2026-03-02T11:30:00Z' },
  }),
  /** So many requests at once; the HTTP status of each. */
  flood: async ({ url, times }: { url: string; times: number }) =>
    Promise.all(Array.from({ length: times }, async () => (await exchange('GET', url, self.hub!.token)).http)),
  endpoint: async ({ module, role }: { module: string; role: string }) => endpoint(module, role),
  /** Of the sessions that were sent to us. */
  states: async () => [...self.sessions.values()].flatMap(({ mine, status }) => (mine ? [] : [status])),
  received: async () => [...self.sessions.values()].filter(({ mine }) => !mine),
  heard: async () => self.heard,
  cdrs: async () => self.cdrs,
  /** Of our own sessions, as they were sent. */
  bills: async () => [...self.sessions.values()].flatMap(({ bill }) => (bill === undefined ? [] : [bill])),
};

function credentials(): Json {
  const { role, country, party } = self.config;
  const us = { business_details: { name: party }, party_id: party, country_code: country };
  return { token: self.tokenForHub, url: `${self.url}/versions`, ...(isOld() ? us : { roles: [{ role, ...us }] }) };
}

async function started(begun: Parameters<typeof begin>[0]): Promise<string> {
  const id = begin(begun);
  await push(id, false);
  return id;
}

process.on('message', ({ ref, ask: name, args }: { ref: number; ask: string; args: unknown }) => {
  const action = actions[name];
  const work = action ? action(args) : Promise.reject(new Error(`no ${name}`));
  work.then(
    (value) => process.send?.({ ref, value }),
    (error: unknown) => process.send?.({ ref, error: error instanceof Error ? error.message : String(error) }),
  );
});
process.on('disconnect', () => process.exit(0));
