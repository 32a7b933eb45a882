import type { OperatorId, StationId } from '../kernel/ids.js';
import type { Sample, TokenKind } from '../model/heard.js';
import { rate } from '../model/rating.js';
import type { Session } from '../model/session.js';
import type { HeardMessage } from './samples.js';
import { createAuthorisation } from './service/authorisation.js';
import { createBeginning } from './service/beginning.js';
import { createBilling } from './service/billing.js';
import { createHearing } from './service/hearing.js';
import type { ChargingNeeds } from './service/needs.js';
import { createNoShow } from './service/no-show.js';
import { createRating } from './service/rating.js';
import { createRequests, type HeardOutcome } from './service/requests.js';
import { createReservations } from './service/reservations.js';
import { createSteering } from './service/steering.js';
import type { ChargingState } from './session.js';
import { toSession } from './session-view.js';
import type { SessionQuery, StoredSession } from './store.js';

export type { ChargingNeeds } from './service/needs.js';
export type { HeardOutcome, StartWish } from './service/requests.js';
export type { ReservationWish } from './service/reservations.js';
export type ChargingService = ReturnType<typeof createService>;

/** How long samples are kept, days of domain time: what a CDR was made of can be shown for so long. */
const SAMPLES_KEPT_DAYS = 400;
const DAY_MS = 86_400_000;

export function createService(needs: ChargingNeeds) {
  const { store, clock, journal } = needs;
  const authorise = createAuthorisation(needs);
  const beginning = createBeginning(needs, authorise);
  const hearing = createHearing(needs, beginning);
  const requests = createRequests(needs);
  const reservations = createReservations(needs);
  const steering = createSteering(needs);
  const rating = createRating(needs);
  const view = ({ state, updatedAt }: StoredSession): Session => toSession(state, runningCost(state), updatedAt);

  return {
    ...hearing,
    ...reservations,
    heardStart: beginning.heardStart,
    heardBill: createBilling(needs, beginning),
    billNoShow: createNoShow(needs),
    requestStart: requests.requestStart,
    requestStop: requests.requestStop,
    startRequest: requests.startRequest,
    requestUnlock: steering.requestUnlock,
    requestProfile: steering.requestProfile,
    weighPreferences: steering.weighPreferences,
    ...rating,
    /** A card is held to a station, or sent by it for another reason; nothing begins yet. */
    async authorize(operatorId: OperatorId, uid: string, kind?: TokenKind, stationId?: StationId) {
      const at = stationId === undefined ? undefined : await needs.stations.placeOf(operatorId, stationId);
      const place = at && { owner: at.place.owner, locationId: at.place.locationId };
      const { verdict } = await authorise(operatorId, {
        uid,
        ...(kind === undefined ? {} : { kind }),
        ...(place ? { place } : {}),
        ...(stationId === undefined ? {} : { wasAskedFor: () => store.wasAskedFor(operatorId, stationId, uid) }),
      });
      return verdict;
    },
    /** What became of a command of ours. Hearing it again changes nothing. */
    async heardOutcome(operatorId: OperatorId, heard: HeardOutcome): Promise<void> {
      const { kind } = heard;
      if (kind === 'start' || kind === 'stop') await requests.heardStartOrStop(operatorId, { ...heard, kind });
      else if (kind === 'reserve') await reservations.heardReserved(operatorId, heard);
      else if (kind === 'cancelReservation') await reservations.heardCancelled(operatorId, heard);
      else if (kind === 'unlock' || kind === 'setProfile' || kind === 'clearProfile' || kind === 'compositeSchedule')
        await steering.heardSteered(operatorId, { ...heard, kind });
    },
    /** Everything that the clock decides. */
    async sweep(): Promise<void> {
      await requests.sweepStarts();
      await reservations.sweepReservations();
      await rating.sweepDisordered();
    },
    keepSamples: () => store.keepSamples(clock.now(), new Date(clock.now().getTime() - SAMPLES_KEPT_DAYS * DAY_MS)),
    async session(operatorId: OperatorId, sessionId: string): Promise<Session | undefined> {
      const found = await store.session(operatorId, sessionId);
      return found && view(found);
    },
    async sessions(operatorId: OperatorId, query: SessionQuery) {
      const page = await store.sessions(operatorId, query);
      return { ...page, items: page.items.map(view) };
    },
    /** What was measured in a session and what was noticed about it. */
    async curve(operatorId: OperatorId, sessionId: string) {
      const found = await store.session(operatorId, sessionId);
      if (!found) return undefined;
      const [messages, signed] = await Promise.all([store.messages(undefined, found.no), store.signed(operatorId, found.no)]);
      const { flags } = found.state;
      return { session: view(found), flags, samples: readingsOf(found.state, messages), costs: costsOf(found.state), signed };
    },
    unmatchedStops: store.unmatchedStops,
    cdr: store.cdr,
    cdrsOf: store.cdrsOf,
    cdrs: store.cdrs,
    findSessions: store.findSessions,
    stop: () => journal.stop(),
  };
}

function runningCost({ facts, at, periods }: Pick<ChargingState, 'facts' | 'at' | 'periods'>) {
  if (facts.tariffs.length === 0) return undefined;
  return rate(facts.tariffs, { ...facts, endedAt: at, periods }, { timeZone: facts.timeZone }).total;
}

/** All readings of a session; the registers that its start and its stop name are readings as well. OCPP 1.6, 6.45 and 6.49 */
function readingsOf({ facts: { startedAt, startRegisterMilliWh } }: ChargingState, messages: readonly HeardMessage[]): Sample[] {
  const named = (at: Date, registerMilliWh?: number): Sample[] =>
    registerMilliWh === undefined ? [] : [{ at, registerMilliWh, values: [] }];
  return [
    ...named(startedAt, startRegisterMilliWh),
    ...messages.flatMap(({ at, registerMilliWh, samples }) => [...samples, ...named(at, registerMilliWh)]),
  ];
}

/** What the session had cost by the end of each of its periods. */
function costsOf({ facts, at, periods }: ChargingState) {
  return periods.map(({ energyMilliWh }, i) => {
    const until = periods[i + 1]?.startedAt ?? at;
    const total = runningCost({ facts, at: until, periods: periods.slice(0, i + 1) });
    return { until, energyMilliWh, ...(total ? { total } : {}) };
  });
}
