// What a raw partner is and knows, kept in a file where its test wants it back after a kill; and how it speaks to the hub.
import { randomUUID } from 'node:crypto';
import { readFileSync, renameSync, writeFileSync } from 'node:fs';

// biome-ignore lint/suspicious/noExplicitAny: a peer that knows no types
export type Any = any;
export type Json = { [name: string]: Any };

export interface Config {
  version: '2.1.1' | '2.2.1' | '2.3.0';
  role: 'CPO' | 'EMSP';
  country: string;
  party: string;
  /** Where and for what it sells, where that is not Berlin. */
  market?: Partial<Market>;
}

/** The price is for a kWh, before taxes; fields of its place and its connector stand in front of those of Berlin. */
export interface Market {
  currency: string;
  price: number;
  vat: number;
  place: Json;
  connector: Json;
}

/** No answer at all, an OCPI status (503 is an HTTP one), or one that leads elsewhere. */
export type Fault = 'silent' | number | { redirect: string } | { next: string };

/** Everything that outlives a kill, and `heard`, which does not. */
export const self = {
  config: undefined as unknown as Config,
  url: '',
  tokenForHub: '',
  hub: undefined as { token: string; endpoints: { identifier: string; role?: string; url: string }[] } | undefined,
  /** By id: our own, with what is needed to end them, and as they were sent to us. */
  sessions: new Map<string, Json>(),
  cdrs: [] as { raw: string; cdr: Json }[],
  heard: [] as { method: string; path: string; query: Json; body: Json | undefined; raw: string; headers: Json }[],
  /** What is wrong with our answers, by how the path begins. */
  faults: new Map<string, Fault>(),
  /** What is answered about a card, where it is not ALLOWED. */
  verdicts: new Map<string, string>(),
  /** Where it keeps what it must still know after a kill; nowhere if the test does not say. */
  file: undefined as string | undefined,
};

export function remember(): void {
  const { file, config, url, tokenForHub, hub, sessions, cdrs } = self;
  if (file === undefined) return;
  writeFileSync(`${file}.new`, JSON.stringify({ config, url, tokenForHub, hub, sessions: [...sessions], cdrs }));
  renameSync(`${file}.new`, file);
}

export function recall(file: string): void {
  const { sessions, ...kept } = JSON.parse(readFileSync(file, 'utf8')) as Any;
  Object.assign(self, kept, { file, sessions: new Map(sessions) });
}

export const isOld = () => self.config.version === '2.1.1';
export const now = () => new Date().toISOString().replace(/\.\d+Z$/, 'Z');
export const authorization = (token: string) => `Token ${isOld() ? token : Buffer.from(token).toString('base64')}`;
const me = () => ({ 'OCPI-from-country-code': self.config.country, 'OCPI-from-party-id': self.config.party });

/** Headers of a message for one party, or for the hub and so for everybody. */
export const routed = (to: readonly [country: string, party: string] = ['NL', 'HUB']): Record<string, string> =>
  isOld() ? {} : { ...me(), 'OCPI-to-country-code': to[0], 'OCPI-to-party-id': to[1] };

/** Whatever comes back, good or bad. */
export async function exchange(method: string, to: string, token: string, body?: unknown, headers: Record<string, string> = {}) {
  const raw = body === undefined ? undefined : typeof body === 'string' ? body : JSON.stringify(body);
  const response = await fetch(to, {
    method,
    headers: {
      authorization: authorization(token),
      'content-type': 'application/json',
      'X-Request-ID': randomUUID(),
      'X-Correlation-ID': randomUUID(),
      ...headers,
    },
    ...(raw === undefined ? {} : { body: raw }),
  });
  return { http: response.status, headers: Object.fromEntries(response.headers), text: await response.text(), sent: raw };
}

export async function ask(...asked: Parameters<typeof exchange>) {
  const { http, headers, text, sent } = await exchange(...asked);
  const answer = JSON.parse(text) as Json;
  if (http >= 300 || answer.status_code >= 2000) throw new Error(`${asked[0]} ${asked[1]}: HTTP ${http} ${text} to ${sent}`);
  return { data: answer.data, location: headers.location, link: headers.link };
}

export function endpoint(module: string, role: string): string {
  const found = self.hub?.endpoints.find((one) => one.identifier === module && (one.role === undefined || one.role === role));
  if (!found) throw new Error(`the hub has no ${module} ${role}: ${JSON.stringify(self.hub?.endpoints)}`);
  return found.url;
}

/** To nobody in particular: the hub finds whom it is for. */
export const say = (method: string, to: string, body?: unknown) => ask(method, to, self.hub!.token, body, isOld() ? {} : me());
