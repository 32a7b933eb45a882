import { boolean, integer, object, oneOf, optional, type Schema, some, text, url } from '@evroam/ocpi';
import { type DescribedRouter, describedRouter, openApiOf } from '../edges/admin-api.js';
import { bodyOf, found, pageRequest, partyIn, refused, sendPage } from '../edges/admin-request.js';
import type { Clock } from '../kernel/clock.js';
import type { OperatorId, PartnerId } from '../kernel/ids.js';
import { kwhText } from '../kernel/quantity.js';
import type { Accepted, Refused } from '../kernel/refusal.js';
import type { TradeRole } from '../model/party.js';
import type { Session } from '../model/session.js';
import { connectionStatus } from './client-info.js';
import type { ImportMode } from './import.js';
import type { Partner, PartnerStatus } from './partner.js';
import { agreementRoutes, type Caller } from './routes/agreements.js';
import { driverRoutes } from './routes/drivers.js';
import { type TcecRoutesNeeds, tcecRoutes } from './routes/tcec.js';
import { type TraceRoutesNeeds, traceRoutes } from './routes/trace.js';
import type { RoamingService } from './service.js';

export interface RoutesNeeds {
  roaming: RoamingService;
  versionsUrl: string;
  /** Where an eMSP or a CPO that speaks 2.1.1 registers. */
  versionsUrls211: { emsp: string; cpo: string };
  syncPartner(operatorId: OperatorId, partnerId: PartnerId, wish: { mode: ImportMode }): Promise<object | undefined>;
  changeStatus(
    operatorId: OperatorId,
    partnerId: PartnerId,
    event: 'suspend' | 'resume' | 'revoke',
  ): Promise<Accepted<{ status: PartnerStatus; told?: boolean }> | Refused<string>>;
  /** Registers at a partner that invited us. */
  acceptInvitation(
    operatorId: OperatorId,
    partnerId: PartnerId,
    invitation: { versionsUrl: string; token: string },
  ): Promise<Accepted<{ version: string }> | Refused<string>>;
  rotateTokens(operatorId: OperatorId, partnerId: PartnerId): Promise<Accepted<{ version: string }> | Refused<string>>;
  trace: TraceRoutesNeeds['trace'];
  tcec: TcecRoutesNeeds;
  clock: Clock;
  caller: Caller;
}

const PartyInput = object({ party: text(6), role: oneOf('cpo', 'emsp'), name: optional(text(100)) });
const InvitationInput = object({ name: text(100), parties: some(PartyInput) });
const invited = { versionsUrl: url, token: text(64) };
const InvitedInput = object(invited);
const AcceptInput = object({ name: text(100), parties: some(PartyInput), ...invited });
const positive: Schema<number> = { type: 'integer', minimum: 1 };
const QuirksInput = object({
  coding: optional(oneOf('base64', 'raw')),
  timeoutMs: optional(integer),
  pageLimit: optional(integer),
  requestsPerSecond: optional(positive),
});
const HostedInput = object({ party: text(6), role: oneOf('cpo', 'emsp', 'hub'), name: text(100) });

const RuleInput = object({ party: text(6), module: optional(text(20)), other: optional(text(6)), allow: boolean });

const CHANGES = {
  suspend: 'Lets a partner in no more for now.',
  resume: 'Lets a suspended partner in again.',
  revoke: 'Ends the connection for good, and tells the partner.',
} as const;

/** Partners, our own parties, agreements, and sessions at partners' stations. */
export function routes(needs: RoutesNeeds): DescribedRouter {
  const { roaming, versionsUrl, versionsUrls211, syncPartner, clock, caller } = needs;
  const api = describedRouter();

  api.post('/parties', { about: 'Hosts a party here.', body: HostedInput, status: 201 }, async (request, response) => {
    const { party, role, name } = bodyOf(HostedInput, request);
    await roaming.addHostedParty(response.locals.operatorId, partyIn(party), role, name);
    response.status(201).json({ party: partyIn(party), role, name });
  });

  api.get('/parties', { about: 'Parties that are hosted here.' }, async (_request, response) => {
    response.json({
      items: (await roaming.hostedParties(response.locals.operatorId)).map(({ party, role, name }) => ({ party, role, name })),
    });
  });

  api.post(
    '/partners',
    { about: 'Invites a partner. Its token is told once.', body: InvitationInput, status: 201 },
    async (request, response) => {
      const { name, parties } = bodyOf(InvitationInput, request);
      const result = await roaming.invite(response.locals.operatorId, {
        name,
        parties: parties.map((one) => ({ ...one, party: partyIn(one.party) })),
      });
      if (!result.accepted) throw refused(result);
      // Shown once: only its hash is kept.
      const [first] = parties;
      response
        .status(201)
        .json({ id: result.partnerId, token: result.token, versionsUrl, versionsUrl211: first && versionsUrls211[first.role] });
    },
  );

  api.post('/partners/:id/invitation', { about: 'Invites a partner anew, with another token.', status: 201 }, async (request, response) => {
    const { operatorId } = response.locals;
    const id = request.params.id as PartnerId;
    const result = await roaming.inviteAgain(operatorId, id);
    if (!result.accepted) throw refused(result);
    const first = (await roaming.partner(operatorId, id))?.parties[0];
    response.status(201).json({ id, token: result.token, versionsUrl, versionsUrl211: first && versionsUrls211[first.role as TradeRole] });
  });

  api.get('/partners', { about: 'Partners, and how each stands.', paged: true }, async (request, response) => {
    sendPage(response, await roaming.partners(response.locals.operatorId, pageRequest(request)), fromPartner);
  });

  api.get('/partners/:id', { about: 'One partner, with the modules that it serves.' }, async (request, response) => {
    const partner = await roaming.partner(response.locals.operatorId, request.params.id as PartnerId);
    response.json(fromPartner(found(partner, `partner ${request.params.id}`)));
  });

  for (const event of ['suspend', 'resume', 'revoke'] as const) {
    api.post(`/partners/:id/${event}`, { about: CHANGES[event] }, async (request, response) => {
      const result = await needs.changeStatus(response.locals.operatorId, request.params.id as PartnerId, event);
      if (!result.accepted) throw refused(result);
      const { accepted: _, ...changed } = result;
      response.json({ id: request.params.id, ...changed });
    });
  }

  api.post(
    '/partners/accept',
    { about: 'Makes a partner known that invited us, and registers at it.', body: AcceptInput, status: 201 },
    async (request, response) => {
      const { operatorId } = response.locals;
      const { name, parties, ...invitation } = bodyOf(AcceptInput, request);
      const made = await roaming.invite(operatorId, { name, parties: parties.map((one) => ({ ...one, party: partyIn(one.party) })) });
      if (!made.accepted) throw refused(made);
      const result = await needs.acceptInvitation(operatorId, made.partnerId, invitation);
      if (!result.accepted)
        throw refused({ ...result, detail: `${result.detail}; try again with POST /partners/${made.partnerId}/accept` });
      response.status(201).json({ id: made.partnerId, version: result.version });
    },
  );

  api.post('/partners/:id/accept', { about: 'Registers at a partner that invited us.', body: InvitedInput }, async (request, response) => {
    const id = request.params.id as PartnerId;
    const result = await needs.acceptInvitation(response.locals.operatorId, id, bodyOf(InvitedInput, request));
    if (!result.accepted) throw refused(result);
    response.json({ id, version: result.version });
  });

  api.post('/partners/:id/rotate', { about: 'Renews the tokens of both sides.' }, async (request, response) => {
    const result = await needs.rotateTokens(response.locals.operatorId, request.params.id as PartnerId);
    if (!result.accepted) throw refused(result);
    response.json({ id: request.params.id, version: result.version });
  });

  api.put(
    '/partners/:id/quirks',
    { about: 'Where this partner is not as the standard says.', body: QuirksInput },
    async (request, response) => {
      const quirks = bodyOf(QuirksInput, request);
      if (!(await roaming.setQuirks(response.locals.operatorId, request.params.id as PartnerId, quirks)))
        found(undefined, `partner ${request.params.id}`);
      response.json(quirks);
    },
  );

  api.post(
    '/partners/:id/sync',
    { about: 'Reads what the partner has.', query: { mode: '`full`, or `delta` for what changed' } },
    async (request, response) => {
      const mode = request.query.mode === 'delta' ? 'delta' : 'full';
      const fetched = await syncPartner(response.locals.operatorId, request.params.id as PartnerId, { mode });
      response.json(found(fetched, `registered partner ${request.params.id}`));
    },
  );

  api.get('/partners/:id/imports', { about: 'How far the reading of each module is.' }, async (request, response) => {
    const items = await roaming.imports(response.locals.operatorId, request.params.id as PartnerId);
    response.json({ items: items.map(({ operatorId: _, ...one }) => one) });
  });

  api.get(
    '/roaming/quarantine',
    { about: 'Objects of partners that were refused, and why.', query: { partner: 'only those of this partner' }, paged: true },
    async (request, response) => {
      const { partner } = request.query;
      const page = await roaming.quarantined(response.locals.operatorId, {
        ...pageRequest(request),
        ...(typeof partner === 'string' ? { partnerId: partner as PartnerId } : {}),
      });
      sendPage(response, page, (one) => one);
    },
  );

  api.get('/roaming/cdrs/conflicts', { about: 'CDRs whose id was known with other content.' }, async (_request, response) => {
    response.json({ items: await roaming.cdrConflicts(response.locals.operatorId) });
  });

  api.put('/rules', { about: 'Allows or denies a module between two parties.', body: RuleInput }, async (request, response) => {
    const { party, module, other, allow } = bodyOf(RuleInput, request);
    const rule = {
      party: partyIn(party),
      module: module ?? '*',
      other: other === undefined || other === '*' ? ('*' as const) : partyIn(other),
      allow,
    };
    await roaming.putRule(response.locals.operatorId, rule);
    response.json(rule);
  });

  api.get('/reachable', { about: 'Every party that can be reached through this hub.' }, async (_request, response) => {
    const items = await roaming.reachable(response.locals.operatorId);
    response.json({
      items: items.map(({ party, role, name, status, offlineSince }) => ({
        party,
        role,
        name,
        state: connectionStatus({ status, offlineSince }),
        offlineSince,
      })),
    });
  });

  api.take(traceRoutes({ ...needs, isPartner: async (operatorId, id) => (await roaming.partner(operatorId, id)) !== undefined }));
  api.take(agreementRoutes(roaming, caller));
  api.take(driverRoutes(roaming, clock));
  api.take(tcecRoutes(needs.tcec));

  api.get('/roaming/sessions', { about: 'Sessions of our drivers at partners.', paged: true }, async (request, response) => {
    sendPage(response, await roaming.partnerSessions(response.locals.operatorId, pageRequest(request)), fromSession);
  });

  api.get(
    '/roaming/cdrs/:owner/:id/losses',
    { about: 'What a CDR could not say in the versions of those that got it.' },
    async (request, response) => {
      const { owner, id } = request.params;
      response.json({ items: await roaming.cdrLosses(response.locals.operatorId, partyIn(owner), id) });
    },
  );

  api.get('/roaming/cdrs/owed', { about: 'CDRs that partners have not accepted yet.' }, async (_request, response) => {
    response.json({ items: await roaming.owedCdrs(response.locals.operatorId) });
  });

  api.get('/roaming/openapi.json', { about: 'This document.' }, async (request, response) => {
    response.json(openApiOf(api.routes, { title: 'evroam: partners and roaming', server: request.baseUrl }));
  });

  return api;
}

/** Without the sealed token: nobody needs to see it, not even sealed. */
function fromPartner({ id, name, status, parties, connection, quirks, updatedAt }: Partner) {
  return {
    id,
    name,
    status,
    parties,
    ...(connection
      ? {
          version: connection.version,
          versionsUrl: connection.versionsUrl,
          modules: connection.endpoints.map(({ identifier, role }) => ({ identifier, role })),
        }
      : {}),
    ...(quirks ? { quirks } : {}),
    updatedAt,
  };
}

function fromSession({ energyMilliWh, total: _total, periods: _periods, ...session }: Session) {
  return { ...session, kwh: kwhText(energyMilliWh) };
}
