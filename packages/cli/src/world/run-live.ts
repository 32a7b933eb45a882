// `npm start`: the world goes on until Ctrl-C, on data that stays.
import { join, resolve } from 'node:path';
import { numbers } from '@evroam/ocpi/simulator';
import { clockFromSetting, clockSetting } from '@evroam/platform/client';
import { EXIT, type ExitCode } from '../exit.js';
import type { Io } from '../io.js';
import { openScreen, type Screen } from '../live-screen.js';
import { colours, type LiveState, plain, render } from '../live-view.js';
import { isRecord } from '../output/path.js';
import { safe } from '../output/safe.js';
import { sendDrivers } from './drivers.js';
import { keepFile, readKept } from './durable.js';
import { startHubProcess } from './hub-process.js';
import { afterAll } from './later.js';
import { endOfDay, readState } from './live.js';
import { buildWorld, type World } from './setup.js';

const KEPT_EVENTS = 200;
/** Between two looks at the hub, ms of wall time. */
const LOOK_MS = 1000;

export async function runLive(io: Io, { folder: given, rate }: { folder: string; rate: number }): Promise<ExitCode> {
  const folder = resolve(given);
  const own = join(folder, 'demo');
  const onStep = (step: string) => io.talk(`· ${step}`);
  onStep(`starting a hub on ${folder}`);
  const start = (clock: string | undefined) => startHubProcess({ folder, clock, ports: 'usual', environment: io.environment.all, onStep });
  let setting = io.environment.clock ?? nextClock(own, rate);
  let hub = await start(setting);
  const settled = readKept(own, 'clock.json') === undefined ? await afterAll(hub.admin) : undefined;
  if (settled && settled > clockFromSetting(setting).now() && io.environment.clock === undefined && rate !== 1) {
    onStep('the database is ahead of this folder: time goes on there');
    await hub.stop();
    setting = clockSetting(settled, rate);
    hub = await start(setting);
  }
  const clock = clockFromSetting(setting);
  const events: string[] = [];
  const heard = new Map<string, string>();
  let screen: Screen | undefined;
  const tell = (event: string) => {
    const line = `${clock.now().toISOString().slice(11, 16)} ${event}`;
    events.push(line);
    if (events.length > KEPT_EVENTS) events.shift();
    if (!screen) io.talk(safe(line));
  };
  let world: World | undefined;
  const ending = new AbortController();
  const end = () => ending.abort();
  io.signal.addEventListener('abort', end, { once: true });
  let broken: string | undefined;
  hub.ended.then((why) => {
    if (!ending.signal.aborted) broken = `the hub ended: ${why}`;
    end();
  });
  try {
    world = await buildWorld({
      hub,
      folder: own,
      clock,
      clockSetting: setting,
      chargers: 3,
      cycle: 'daily',
      lies: 0,
      onStep,
      onNews: (part, news) => {
        const line = lineOf(part, news);
        if (world)
          heard.set(part === 'eMSP' ? world.emsp.party : part === 'CPO' ? world.cpo.party : part, clock.now().toISOString().slice(11, 16));
        if (line !== undefined) tell(line);
      },
    });
    io.talk(
      `stations connect to   ${hub.addresses.ocpp}\npartners connect to   ${hub.addresses.ocpi}\nthe admin API is at   ${hub.addresses.admin}, its key in ${join(folder, 'admin.key')}`,
    );
    await world.emsp.part.ask('pull');
    if (io.outIsTerminal) screen = openScreen(io);
    const drivers = sendDrivers({ world, signal: ending.signal, random: numbers(Date.now() % 2 ** 31), tell });
    await Promise.all([drivers, watch(io, world, ending.signal, { screen, heard, events, tell, own })]);
  } finally {
    screen?.close();
    io.talk('· stopping everything');
    await world?.stop();
    await hub.stop();
    keepFile(own, 'clock.json', JSON.stringify({ now: clock.now() }));
  }
  if (broken !== undefined) throw new Error(broken);
  return io.signal.aborted ? EXIT.done : EXIT.fault;
}

/** Time goes on where it stopped: it never goes back for a ledger. */
function nextClock(own: string, rate: number): string | undefined {
  const kept = readKept(own, 'clock.json');
  const last = isRecord(kept) ? Date.parse(String(kept.now)) : Number.NaN;
  if (rate === 1) return undefined;
  return clockSetting(new Date(Number.isNaN(last) ? Date.now() : Math.max(Date.now(), last + 60_000)), rate);
}

interface Watched {
  readonly screen: Screen | undefined;
  readonly heard: ReadonlyMap<string, string>;
  readonly events: readonly string[];
  readonly tell: (event: string) => void;
  readonly own: string;
}

/** Looks at the hub once a second until the end; a look that fails is told and tried again. */
async function watch(io: Io, world: World, signal: AbortSignal, { screen, heard, events, tell, own }: Watched): Promise<void> {
  let state: LiveState | undefined;
  const judged = new Set<string>();
  const paint = io.environment.noColor && !io.environment.forceColor ? plain : colours;
  while (!signal.aborted) {
    try {
      await endOfDay(world, judged, tell);
      state = await readState(world, state, heard, events);
      screen?.show(render(state, io.width(), io.height(), paint));
      keepFile(own, 'clock.json', JSON.stringify({ now: world.clock.now() }));
    } catch (error) {
      if (!signal.aborted) tell(`the hub did not answer: ${error instanceof Error ? error.message : String(error)}`);
    }
    await new Promise<void>((done) => {
      const timer = setTimeout(finish, LOOK_MS);
      function finish(): void {
        clearTimeout(timer);
        signal.removeEventListener('abort', finish);
        done();
      }
      signal.addEventListener('abort', finish, { once: true });
    });
  }
}

/** News of a part as a line for people; nothing for what only a machine wants to know. */
function lineOf(part: string, news: unknown): string | undefined {
  if (!isRecord(news)) return undefined;
  if (typeof news.error === 'string') return `${part}: ${String(news.what)} failed: ${news.error}`;
  switch (news.what ?? news.kind) {
    case 'cdrs.post':
      return `${part} ${news.direction === 'in' ? 'received' : 'sent'} the CDR ${String(news.id)}`;
    case 'started':
      return `${part}/${String(news.connectorId)} charges`;
    case 'ended':
      return `${part}/${String(news.connectorId)} has stopped`;
    case 'connected':
    case 'disconnected':
    case 'accepted':
      return `${part} is ${String(news.kind)}`;
    case 'unreachable':
    case 'failed':
    case 'dropped':
      return `${part}: ${String(news.kind)} ${String(news.code ?? '')}`;
    default:
      return undefined;
  }
}
