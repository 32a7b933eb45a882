// A random history behind the admin API: who has no reason, or no right, moves nothing.
import { expect } from 'chai';
import { ApiError, createAdminApp } from '../../edges/admin-app.js';
import { startHttp } from '../../edges/http.js';
import { createLog } from '../../edges/log.js';
import { OPERATOR } from '../fixture.test.js';
import { createRoutes, type SettlementService } from '../index.js';
import { allCdrs } from './books.test.js';

/** One CDR of each state is tried at every door. */
export async function checkDoors(settlement: SettlementService): Promise<void> {
  const routes = createRoutes(settlement, (request, _, needed) => {
    const who = request.get('authorization');
    if (who === undefined) throw new ApiError(401, 'not_logged_in', 'Say who you are.');
    if (who === 'viewer' && needed !== 'viewer') throw new ApiError(403, 'not_allowed', 'A viewer may not do this.');
    return { operatorId: OPERATOR, actor: who };
  });
  const log = createLog({ level: 'error', to: { write: () => undefined } });
  const http = await startHttp({ host: '127.0.0.1', port: 0, handle: createAdminApp({ log, routers: [['/settlement', routes]] }) });
  const post = async (path: string, body: object, as?: string) => {
    const headers = { 'content-type': 'application/json', ...(as === undefined ? {} : { authorization: as }) };
    const answer = await fetch(`http://127.0.0.1:${http.port}/settlement${path}`, { method: 'POST', headers, body: JSON.stringify(body) });
    return { status: answer.status, text: await answer.text() };
  };
  try {
    const before = await settlement.canonicalStateDigest(OPERATOR);
    const byState = new Map((await allCdrs(settlement)).map(({ key, state }) => [state, key]));
    const moves = ['approve', 'decline', 'reject', 'dispute', 'resolve'];
    const doors = [...byState.values()].flatMap((key) => moves.map((move) => `/cdrs/${key}/${move}`));
    for (const door of [...doors, '/periods/2026-11/cut-off', '/periods/2026-11/close', '/periods/2026-11/reopen']) {
      for (const reason of [{}, { reason: ' ' }]) {
        const answer = await post(door, { ...reason, code: 'other' }, 'anna');
        expect([answer.status, answer.text.includes('reason_missing')], `${door} without a reason: ${answer.text}`).to.deep.equal([
          400,
          true,
        ]);
      }
      expect((await post(door, { reason: 'I want to', code: 'other' }, 'viewer')).status, `${door} by a viewer`).to.equal(403);
      expect((await post(door, { reason: 'I want to', code: 'other' })).status, `${door} by nobody`).to.equal(401);
    }
    expect(await settlement.canonicalStateDigest(OPERATOR)).to.equal(before);
    for (const key of byState.values()) expect(await settlement.actions(OPERATOR, `cdr ${key}`)).to.deep.equal([]);
  } finally {
    await http.close(100);
  }
}
