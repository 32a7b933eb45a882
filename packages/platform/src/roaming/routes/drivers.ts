import { boolean, dateTime, number, object, oneOf, optional, type Schema, some, text } from '@evroam/ocpi';
import type { Response } from 'express';
import { type DescribedRouter, describedRouter } from '../../edges/admin-api.js';
import { bodyOf, found, milliWhIn, partyIn, refused } from '../../edges/admin-request.js';
import type { Clock } from '../../kernel/clock.js';
import type { Accepted, Refused } from '../../kernel/refusal.js';
import type { RoamingService } from '../service.js';
import type { RoamingCommand } from '../store/commands.js';

const at = { issuer: text(6), owner: text(6), locationId: text(36) };
const driver = { ...at, tokenUid: text(36), evseUid: optional(text(36)) };
const StartInput = object({ ...driver, connectorId: optional(text(36)) });
/** `reservationId`: of a reservation that is to be changed; without it a new one is made. */
const ReservationInput = object({ ...driver, until: dateTime, reservationId: optional(text(36)) });
const UnlockInput = object({ ...at, evseUid: text(36), connectorId: text(36) });

const PreferencesInput = object({
  profile: oneOf('regular', 'cheap', 'fast', 'green'),
  departureAt: optional(dateTime),
  kwh: optional(text(20)),
  dischargeAllowed: optional(boolean),
});
const second: Schema<number> = { type: 'integer', minimum: 0 };
const seconds: Schema<number> = { type: 'integer', minimum: 1 };
/** A limit is per phase in A, or in W in all. */
const ProfileInput = object({
  unit: oneOf('A', 'W'),
  startAt: optional(dateTime),
  seconds: optional(seconds),
  minRate: optional(number),
  periods: some(object({ startSecond: second, limit: number })),
});
const AskInput = object({ seconds });

/** What we ask of partners' stations, and of our own by the same way, for our own drivers. Each is told as a command that is looked for. */
export function driverRoutes(roaming: RoamingService, clock: Clock): DescribedRouter {
  const api = describedRouter();

  api.post(
    '/roaming/starts',
    { about: 'Starts a session of an own driver, here or at a partner.', body: StartInput, status: 202 },
    async (request, response) => {
      const { issuer, owner, ...wish } = bodyOf(StartInput, request);
      told(response, await roaming.startSession(response.locals.operatorId, { ...wish, issuer: partyIn(issuer), owner: partyIn(owner) }));
    },
  );

  api.post(
    '/roaming/reservations',
    { about: 'Reserves for an own driver, or changes a reservation.', body: ReservationInput, status: 202 },
    async (request, response) => {
      const { issuer, owner, until, ...wish } = bodyOf(ReservationInput, request);
      const who = { issuer: partyIn(issuer), owner: partyIn(owner) };
      told(response, await roaming.reserveAt(response.locals.operatorId, { ...wish, ...who, until: new Date(until) }));
    },
  );

  api.delete('/roaming/reservations/:issuer/:id', { about: 'Gives a reservation back.', status: 202 }, async (request, response) => {
    const { issuer, id } = request.params;
    told(response, await roaming.cancelReservationAt(response.locals.operatorId, partyIn(issuer), id));
  });

  api.post(
    '/roaming/unlocks',
    { about: 'Frees the cable of an own driver.', body: UnlockInput, status: 202 },
    async (request, response) => {
      const { issuer, owner, ...place } = bodyOf(UnlockInput, request);
      told(response, await roaming.unlockAt(response.locals.operatorId, partyIn(issuer), partyIn(owner), place));
    },
  );

  api.put(
    '/roaming/sessions/:owner/:id/preferences',
    { about: 'Says how a driver would like to be charged; the CPO says at once whether it can.', body: PreferencesInput },
    async (request, response) => {
      const { departureAt, kwh, ...wish } = bodyOf(PreferencesInput, request);
      const result = await roaming.preferAt(response.locals.operatorId, partyIn(request.params.owner), request.params.id, {
        ...wish,
        ...(departureAt === undefined ? {} : { departureAt: new Date(departureAt) }),
        ...(kwh === undefined ? {} : { energyMilliWh: milliWhIn(kwh) }),
      });
      if (!result.accepted) throw refused(result);
      response.json({ verdict: result.verdict });
    },
  );

  api.put(
    '/roaming/sessions/:owner/:id/profile',
    { about: 'Limits a session of an own driver.', body: ProfileInput, status: 202 },
    async (request, response) => {
      const { startAt, ...limits } = bodyOf(ProfileInput, request);
      const set = startAt === undefined ? limits : { ...limits, startAt: new Date(startAt) };
      told(response, await roaming.limitAt(response.locals.operatorId, partyIn(request.params.owner), request.params.id, { set }));
    },
  );

  api.delete(
    '/roaming/sessions/:owner/:id/profile',
    { about: 'Takes the limits of a session away.', status: 202 },
    async (request, response) => {
      told(response, await roaming.limitAt(response.locals.operatorId, partyIn(request.params.owner), request.params.id, { clear: true }));
    },
  );

  api.post(
    '/roaming/sessions/:owner/:id/profile/ask',
    { about: 'Asks which limits hold; the answer stands in the command.', body: AskInput, status: 202 },
    async (request, response) => {
      const read = bodyOf(AskInput, request);
      told(response, await roaming.limitAt(response.locals.operatorId, partyIn(request.params.owner), request.params.id, { read }));
    },
  );

  api.get(
    '/roaming/sessions/:owner/:id/profile',
    { about: 'Which limits hold for a session, as its CPO told unasked.' },
    async (request, response) => {
      const { owner, id } = request.params;
      response.json(found(await roaming.activeProfile(response.locals.operatorId, partyIn(owner), id), `a profile of session ${id}`));
    },
  );

  const state = (command: RoamingCommand) => command.result ?? (clock.now() > command.expiresAt ? 'unknown' : 'waiting');

  api.get('/roaming/starts/:id', { about: 'What became of a start.' }, async (request, response) => {
    const command = found(await roaming.command(response.locals.operatorId, request.params.id), `command ${request.params.id}`);
    const { id, kind, asker, asked, askedAt, expiresAt, sessionId } = command;
    response.json({ id, kind, asker, asked, askedAt, expiresAt, state: state(command), sessionId });
  });

  api.get('/roaming/commands/:id', { about: 'What became of anything that was asked.' }, async (request, response) => {
    const command = found(await roaming.command(response.locals.operatorId, request.params.id), `command ${request.params.id}`);
    const { replyTo: _, correlation: __, result: ___, ...shown } = command;
    response.json({ ...shown, state: state(command) });
  });

  return api;
}

/** Asked for, not done: the command says what came of it. */
function told(response: Response, result: Accepted<object> | Refused<string>): void {
  if (!result.accepted) throw refused(result);
  const { accepted: _, ...asked } = result;
  response.status(202).json(asked);
}
