import { BlockList, isIPv6 } from 'node:net';
import {
  type BodyOf,
  Login,
  listen as listenTcp,
  ReadRealtimeData,
  type YkcEndpoint,
  YkcError,
  type YkcServer,
} from '@evroam/gbt-adapter/ykc';
import { Overtaken } from '../../../edges/holder.js';
import type { StationId } from '../../../kernel/ids.js';
import type { Captures } from '../../capture/captures.js';
import { createDesk, type DeskNeeds } from '../../listen/desk.js';
import type { Desk } from '../desk.js';
import { createBills } from './bills.js';
import { type LineNeeds, type PileLine, speak } from './line.js';
import { createModels } from './models.js';
import type { BillingPort, PileChargingPort } from './ports.js';
import type { Pile, YkcStore } from './store.js';
import { gunText } from './translate.js';

export interface YkcNeeds extends DeskNeeds {
  charging: PileChargingPort;
  billing: BillingPort;
  piles: YkcStore;
  lockReported: LineNeeds['lockReported'];
  captures: Pick<Captures, 'seen'>;
}

export interface YkcGate extends YkcServer {
  line(stationId: StationId): PileLine | undefined;
}

/** Wall time in which the pile that is connected has to answer when another one claims its code. */
const PROBE_MS = 3_000;
const NO_ICCID = /^0+$/;
/** Versions, times ten, whose frames we understand: before 1.5 bills have other fields, and 2.0 has another login. */
const VERSIONS = { from: 15, below: 20 };

/** Lets own 云快充 piles in. A pile shows no credential: its code counts from its own networks only, and with its own SIM card. */
export async function listenYkc(needs: YkcNeeds, { host, port }: { host: string; port: number }): Promise<YkcGate> {
  const { connections, charging, stations, store, piles, billing, lockReported, captures, clock, log } = needs;
  const deskOf = new WeakMap<object, Desk>();
  const lines = new Map<StationId, { line: YkcEndpoint<'platform'>; pile: PileLine }>();
  const currentModel = createModels({ store: piles, billing, clock });
  const heardBill = createBills({ store: piles, charging, clock, log });

  async function admit(line: YkcEndpoint<'platform'>, login: BodyOf<typeof Login>, address: string): Promise<boolean> {
    const { pileCode, sim, gunCount, softwareVersion, pileType } = login;
    const pile = await piles.pileByCode(pileCode);
    const why = pile ? await refusal(pile, login, address) : 'unknownPile';
    if (!pile || why) {
      log.warn({ pileCode, address, why }, 'a pile was refused');
      const at = clock.now();
      if (pile)
        await store.addSecurityEvent(pile.operatorId, {
          ...{ stationId: pile.stationId, type: 'PileRefused', at, heardAt: at, details: `${why} from ${address}` },
        });
      return false;
    }
    const { operatorId, stationId } = pile;
    const desk = createDesk(needs, { operatorId, stationId });
    await desk.hold;
    deskOf.set(line, desk);
    const iccid = NO_ICCID.test(sim) ? {} : { iccid: sim };
    const { status } = await desk.booted({ vendor: 'ykc', model: pileType === 0 ? 'DC' : 'AC', firmware: softwareVersion, ...iccid });
    if (status !== 'accepted') {
      log.warn({ stationId, status }, 'a pile that is not accepted yet was refused');
      return false;
    }
    const spoken = speak(line, { pileCode, guns: gunCount }, desk, {
      charging,
      store: piles,
      currentModel,
      heardBill,
      lockReported,
      clock,
      log,
    });
    lines.set(stationId, { line, pile: spoken });
    void line.closed.then((reason) => gone(spoken, line, reason));
    // Its answer goes first.
    setImmediate(() => spoken.opened());
    log.info({ stationId, pileCode, address }, 'pile connected');
    return true;
  }

  /** Why this line is not that pile's; undefined if it is. */
  async function refusal(
    pile: Pile,
    { sim, pileCode, protocolVersionX10: version }: BodyOf<typeof Login>,
    address: string,
  ): Promise<string | undefined> {
    if (!isWithin(pile.networks, address)) return 'network';
    if (version < VERSIONS.from || version >= VERSIONS.below) return 'protocolVersion';
    if (pile.iccid !== undefined ? pile.iccid !== sim : !NO_ICCID.test(sim) && !(await piles.pin(pile, sim))) return 'iccid';
    const incumbent = lines.get(pile.stationId);
    if (!incumbent?.line.isOpen) return undefined;
    const answers = await incumbent.line.call(ReadRealtimeData, { pileCode, gunNo: gunText(1) }, { timeoutMs: PROBE_MS }).then(
      () => true,
      (error: unknown) => {
        if (error instanceof YkcError) return false;
        throw error;
      },
    );
    // Without a credential the one that is there and answers is the pile; the newer one is an alarm.
    if (answers) return 'incumbentAnswers';
    incumbent.line.close(new YkcError('Closed', 'replaced by a newer connection'));
    return undefined;
  }

  async function gone({ link, desk }: PileLine, line: YkcEndpoint<'platform'>, reason: YkcError): Promise<void> {
    const { stationId } = link;
    if (lines.get(stationId)?.line === line) lines.delete(stationId);
    if (!connections.remove(link)) return;
    log.info({ stationId, reason: reason.message }, 'pile disconnected');
    await left(desk).catch((err: unknown) => log.error({ stationId, err }, 'the pile could not be marked as offline'));
  }

  /** Offline is a state, not a guess. */
  async function left({ operatorId, stationId, hold }: Desk): Promise<void> {
    const now = clock.now();
    try {
      await charging.heardOffline(operatorId, await hold, now);
    } catch (error) {
      if (error instanceof Overtaken) return;
      throw error;
    }
    if (!connections.get(stationId)) await stations.heardStatus(operatorId, stationId, 0, 'unknown', now, 'offline');
  }

  const server = await listenTcp(
    {
      ...{ host, port },
      // The pile hears nothing and says it again.
      fault: (err, { name }) => {
        if (err instanceof Overtaken) log.info({ frame: name }, 'an older line of a pile has nothing to say any more');
        else log.error({ err, frame: name }, 'a frame of a pile could not be handled');
      },
      watch: (seen, line) => {
        const desk = deskOf.get(line);
        // What nobody handles was seen on its way in.
        if (desk && seen.kind !== 'unhandled')
          captures.seen(desk.operatorId, desk.stationId, { protocol: 'ykc', way: seen.kind === 'out' ? 'out' : 'in', bytes: seen.bytes });
        const { stationId } = desk ?? {};
        if (seen.kind === 'refused')
          log.warn({ stationId, code: seen.error.code, reason: seen.error.message }, 'a frame of a pile was refused');
        if (seen.kind === 'garbage') log.warn({ stationId, bytes: seen.bytes.length }, 'a pile sent bytes that are no frame');
      },
    },
    (line, { address }) =>
      void line.handle(Login, async (login) => ({ pileCode: login.pileCode, result: (await admit(line, login, address)) ? 0 : 1 })),
  );
  return {
    port: server.port,
    endpoints: server.endpoints,
    line: (stationId) => lines.get(stationId)?.pile,
    close: () => server.close(),
  };
}

/** A network as an operator writes it: 10.1.0.0/16, or a single address. */
export function isNetwork(text: string): boolean {
  try {
    return listOf([text]) !== undefined;
  } catch {
    return false;
  }
}

function isWithin(networks: readonly string[], address: string): boolean {
  const plain = address.replace(/^::ffff:/, '');
  return listOf(networks).check(plain, isIPv6(plain) ? 'ipv6' : 'ipv4');
}

function listOf(networks: readonly string[]): BlockList {
  const list = new BlockList();
  for (const network of networks) {
    const [base = '', bits] = network.split('/');
    const family = isIPv6(base) ? 'ipv6' : 'ipv4';
    if (bits === undefined) list.addAddress(base, family);
    else list.addSubnet(base, Number(bits), family);
  }
  return list;
}
