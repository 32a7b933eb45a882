// Builds the demo world through the admin API, as an operator would: parties, a location, chargers, partners, agreements.
import { join } from 'node:path';
import type { Clock } from '@evroam/platform/client';
import type { Admin } from '../admin.js';
import { isRecord } from '../output/path.js';
import type { ChargerApi } from './charger.js';
import type { CpoApi } from './cpo.js';
import { keepFile, readKept } from './durable.js';
import type { EmspApi } from './emsp.js';
import type { HubProcess } from './hub-process.js';
import { type Part, startPart } from './part.js';
import { connectorsOf, HUB_PARTY, locationOf, tariffWithBorder } from './place.js';

/** How long the end of the world waits for the chargers' last messages, ms of wall time. */
const DRAIN_MS = 5000;

export interface Charger {
  readonly id: string;
  readonly folder: string;
  readonly part: Part<ChargerApi>;
  readonly connectors: readonly { readonly number: number; readonly evseUid: string }[];
}

export interface PartnerAt<A extends Readonly<Record<string, (args: never) => Promise<unknown>>>> {
  /** Its id at the hub. */
  readonly id: string;
  readonly party: string;
  readonly folder: string;
  readonly part: Part<A>;
  /** The file of the hub's key, as its agreement pins it. */
  readonly key: string;
}

export interface World {
  readonly hub: HubProcess;
  readonly clock: Clock;
  readonly location: string;
  readonly chargers: readonly Charger[];
  readonly emsp: PartnerAt<EmspApi>;
  readonly cpo: PartnerAt<CpoApi>;
  /** Cards of our own drivers. */
  readonly ownCards: readonly string[];
  /** Releases a tariff whose price changes at this moment. */
  releaseTariff(border: Date): Promise<void>;
  stop(): Promise<void>;
}

export interface WorldOptions {
  readonly hub: HubProcess;
  readonly folder: string;
  readonly clock: Clock;
  /** EVROAM_CLOCK for every process. */
  readonly clockSetting: string | undefined;
  readonly chargers: number;
  /** How often the agreements settle. */
  readonly cycle: 'daily' | 'monthly';
  /** How many of the partner CPO's first CDRs are too dear. */
  readonly lies: number;
  readonly onStep: (step: string) => void;
  readonly onNews: (part: string, news: unknown) => void;
}

export async function buildWorld(options: WorldOptions): Promise<World> {
  const { hub, folder, clock, onStep } = options;
  const { admin } = hub;
  const parts: { stop(): Promise<void> }[] = [];
  const chargerParts: Part<ChargerApi>[] = [];
  const stop = async () => {
    // What the chargers owe is told first, or a session would stay open for ever; a hub that is gone is not waited for.
    await Promise.race([
      Promise.allSettled(chargerParts.map((part) => part.ask('drained'))),
      new Promise((resolve) => setTimeout(resolve, DRAIN_MS).unref()),
    ]);
    await Promise.all(parts.splice(0).map((part) => part.stop()));
  };
  const open = <A extends Readonly<Record<string, (args: never) => Promise<unknown>>>>(
    program: 'charger' | 'emsp' | 'cpo',
    name: string,
  ): Part<A> => {
    const part = startPart<A>(program, { name, clock: options.clockSetting, onNews: (news) => options.onNews(name, news) });
    parts.push(part);
    return part;
  };
  try {
    onStep('our own parties, a location and its tariff');
    await admin.ask('POST', '/admin/v1/parties', { body: { party: HUB_PARTY, role: 'cpo', name: 'evroam demo' } });
    await admin.ask('POST', '/admin/v1/parties', { body: { party: HUB_PARTY, role: 'emsp', name: 'evroam demo' } });
    const releaseTariff = async (border: Date) => {
      await admin.ask('POST', '/admin/v1/tariffs', { body: tariffWithBorder(border) });
    };
    await releaseTariff(new Date(clock.now().getTime() + 3_600_000));
    const run = await runName(admin, folder);
    const location = `HARBOUR${run}`;
    const ids = Array.from({ length: options.chargers }, (_, index) => `CS-${index + 1}${run}`);
    await admin.ask('PUT', `/admin/v1/locations/${HUB_PARTY}/${location}`, { body: locationOf(ids) });

    onStep(`${ids.length} chargers, over OCPP 1.6`);
    const chargers = await Promise.all(
      ids.map((id, index) => {
        const part = open<ChargerApi>('charger', id);
        chargerParts.push(part);
        return startCharger(options, id, location, part, index);
      }),
    );

    onStep('a partner eMSP and a partner CPO, over OCPI 2.2.1');
    await retirePartners(admin);
    const emspPart = open<EmspApi>('emsp', 'eMSP');
    const cpoPart = open<CpoApi>('cpo', 'CPO');
    const emsp = await joinPartner(admin, {
      register: (invitation) => emspPart.ask('register', invitation),
      country: 'NL',
      code: 'EVM',
      role: 'emsp',
      folder: join(folder, 'emsp'),
      configure: (party, own) => emspPart.ask('configure', { party, name: 'EVM Mobility', folder: own, tokens: 4, seed: 1 }),
    });
    const cpo = await joinPartner(admin, {
      register: (invitation) => cpoPart.ask('register', invitation),
      country: 'DE',
      code: 'ABC',
      role: 'cpo',
      folder: join(folder, 'cpo'),
      configure: (party, own) =>
        cpoPart.ask('configure', {
          party,
          name: 'ABC Laden',
          folder: own,
          locations: 2,
          seed: 7,
          powerW: 50_000,
          pricePerKwh: 0.39,
          currency: 'EUR',
          tickSeconds: 300,
          lies: options.lies,
        }),
    });

    onStep('agreements, with the key that statements will be judged by');
    const effectiveFrom = new Date(clock.now().getTime() - 86_400_000).toISOString();
    const emspKey = await agree(admin, {
      seller: HUB_PARTY,
      buyer: emsp.party,
      sellerModel: 'principal',
      effectiveFrom,
      cycle: options.cycle,
    });
    const cpoKey = await agree(admin, {
      seller: cpo.party,
      buyer: HUB_PARTY,
      sellerModel: 'principal',
      effectiveFrom,
      cycle: options.cycle,
      retail: { markUpPercent: 10, startFee: '0.35' },
    });

    onStep('cards for our own drivers');
    const ownCards = ['04AA11BB22CC01', '04AA11BB22CC02'];
    for (const [index, uid] of ownCards.entries()) {
      await admin.ask('PUT', `/admin/v1/tokens/${HUB_PARTY}/${uid}`, {
        body: { type: 'rfid', contractId: `NL-EVR-C0000000${index + 1}`, issuerName: 'evroam demo' },
      });
    }
    return {
      hub,
      clock,
      location,
      chargers,
      emsp: { ...emsp, part: emspPart, key: await emspPart.ask('pin', { folder: emsp.folder, pem: emspKey }) },
      cpo: { ...cpo, part: cpoPart, key: await cpoPart.ask('pin', { folder: cpo.folder, pem: cpoKey }) },
      ownCards,
      releaseTariff,
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** Nothing on a new database or our own; a name of its own for a run on a database where somebody else's chargers have ours. */
async function runName(admin: Admin, folder: string): Promise<string> {
  for await (const { id } of admin.list('/admin/v1/stations')) {
    if (id === 'CS-1' && readKept(join(folder, 'chargers', 'CS-1'), 'credential.json') === undefined)
      return `-${Date.now().toString(36).toUpperCase()}`;
  }
  return '';
}

/** The charger's password is told once, when it is added; after that it stands on the charger's own disk. */
async function startCharger(
  { hub, folder }: WorldOptions,
  id: string,
  location: string,
  part: Part<ChargerApi>,
  index: number,
): Promise<Charger> {
  const own = join(folder, 'chargers', id);
  const connectors = connectorsOf(id);
  let kept = readKept(own, 'credential.json');
  if (!isRecord(kept)) {
    kept = await hub.admin.ask('POST', '/admin/v1/stations', {
      body: {
        id,
        owner: HUB_PARTY,
        locationId: location,
        connectors: connectors.map(({ number, evseUid }) => ({ number, evseUid, connectorId: '1' })),
      },
    });
    keepFile(own, 'credential.json', JSON.stringify(kept));
  }
  const password = isRecord(kept) && typeof kept.password === 'string' ? kept.password : '';
  const url = hub.addresses.ocpp.replace(/\/<identity>$/, '');
  await part.ask('configure', {
    url,
    identity: id,
    password,
    connectors: connectors.length,
    folder: own,
    seed: index + 1,
    meterIntervalSeconds: 300,
  });
  return { id, folder: own, part, connectors };
}

interface Joining {
  readonly country: string;
  readonly code: string;
  readonly role: 'cpo' | 'emsp';
  readonly folder: string;
  configure(party: { country: string; party: string }, folder: string): Promise<void>;
  register(invitation: { versionsUrl: string; token: string }): Promise<void>;
}

/** Invites a partner and lets it register: token A once, then B and C. */
async function joinPartner(
  admin: Admin,
  { country, code, role, folder, configure, register }: Joining,
): Promise<{ id: string; party: string; folder: string }> {
  const party = await freeParty(admin, country, code);
  const own = join(folder, party);
  await configure({ country, party: party.slice(3) }, own);
  const invitation = await admin.ask('POST', '/admin/v1/partners', { body: { name: `${party} ${role}`, parties: [{ party, role }] } });
  if (
    !isRecord(invitation) ||
    typeof invitation.id !== 'string' ||
    typeof invitation.token !== 'string' ||
    typeof invitation.versionsUrl !== 'string'
  )
    throw new Error('the invitation is not one');
  const { id, token, versionsUrl } = invitation;
  await register({ versionsUrl, token });
  return { id, party, folder: own };
}

/** The partners of an earlier run have lost their tokens with their processes: nobody waits for them. */
async function retirePartners(admin: Admin): Promise<void> {
  for await (const { id, name, status } of admin.list('/admin/v1/partners')) {
    if (status !== 'revoked' && /^(NL-E|DE-A)\w\w (emsp|cpo)$/.test(String(name)))
      await admin.ask('POST', `/admin/v1/partners/${String(id)}/revoke`);
  }
}

/** The party of the story, or the next one that is free: on a database that was used before, its old namesakes keep their history. */
async function freeParty(admin: Admin, country: string, code: string): Promise<string> {
  const taken = new Set<string>();
  for await (const { parties } of admin.list('/admin/v1/partners')) {
    if (Array.isArray(parties)) for (const each of parties.filter(isRecord)) taken.add(String(each.party));
  }
  for (let round = 0; round < 1000; round += 1) {
    const name = round === 0 ? code : `${code.slice(0, 1)}${round.toString(36).toUpperCase().padStart(2, '0')}`;
    if (!taken.has(`${country}-${name}`)) return `${country}-${name}`;
  }
  throw new Error(`no party ${country}-${code.slice(0, 1)}xx is free`);
}

/** Activates an agreement; gives the hub's public key in it, as PEM. */
async function agree(admin: Admin, terms: { seller: string; buyer: string; [term: string]: unknown }): Promise<string> {
  const answer = await admin.ask('POST', '/admin/v1/agreements', {
    body: {
      id: `${terms.seller}>${terms.buyer}`,
      taxTreatment: 'domestic',
      tax: { name: 'VAT', percent: 21 },
      currency: 'EUR',
      ...terms,
    },
  });
  const keys = isRecord(answer) && isRecord(answer.signingKeys) ? answer.signingKeys : {};
  const key = keys[HUB_PARTY];
  if (typeof key !== 'string') throw new Error('the agreement pins no key of the hub');
  return `-----BEGIN PUBLIC KEY-----\n${key.replace(/.{64}/g, '$&\n').trimEnd()}\n-----END PUBLIC KEY-----\n`;
}
