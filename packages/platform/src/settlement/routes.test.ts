import { expect } from 'chai';
import { ApiError, createAdminApp } from '../edges/admin-app.js';
import { type HttpServer, startHttp } from '../edges/http.js';
import { createLog } from '../edges/log.js';
import { type TestDatabase, testDatabase } from '../edges/testing.js';
import type { Cdr } from '../model/cdr.js';
import { agreement, CPO, cdr, OPERATOR, OURS, World } from './fixture.test.js';
import { createRoutes, createSettlement, migrations } from './index.js';

describe('the admin API of settlement', () => {
  let database: TestDatabase;
  let http: HttpServer;
  const world = new World(agreement(CPO, OURS));
  let record: (c: Cdr) => Promise<unknown>;

  before(async () => {
    database = await testDatabase(migrations);
    const clock = { now: () => new Date('2026-11-12T00:00:00Z'), rate: 1 };
    const settlement = createSettlement({ ports: world, transact: database.transact, clock }, { sql: database.sql });
    record = (c) => settlement.record(OPERATOR, c, 'partner');
    const honest = cdr({ owner: CPO, id: '=1+1' });
    world.know(honest);
    await settlement.record(OPERATOR, honest, 'partner');
    const held = cdr({ owner: CPO, id: 'HELD' });
    world.know(held, { session: false });
    await settlement.record(OPERATOR, held, 'partner');
    const routes = createRoutes(settlement, (request, _, needed) => {
      const who = request.get('authorization');
      if (who === undefined) throw new ApiError(401, 'not_logged_in', 'Say who you are.');
      if (who === 'viewer' && needed !== 'viewer') throw new ApiError(403, 'not_allowed', 'A viewer may not do this.');
      return { operatorId: OPERATOR, actor: who };
    });
    const log = createLog({ level: 'error', to: { write: () => undefined } });
    http = await startHttp({ host: '127.0.0.1', port: 0, handle: createAdminApp({ log, routers: [['/settlement', routes]] }) });
  });
  after(async () => {
    await http.close(100);
    await database.drop();
  });

  const call = async (method: string, path: string, { as = 'anna', body, key }: { as?: string; body?: unknown; key?: string } = {}) => {
    const headers = { authorization: as, 'content-type': 'application/json', ...(key === undefined ? {} : { 'idempotency-key': key }) };
    const answer = await fetch(`http://127.0.0.1:${http.port}/settlement${path}`, {
      method,
      headers,
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await answer.text();
    return { status: answer.status, text, json: () => JSON.parse(text) };
  };

  it('lists what is held with its age and findings, money as text', async () => {
    const { items } = (await call('GET', '/holds')).json();
    expect(items).to.have.length(1);
    expect(items[0]).to.include({ key: 'DE-ABC/HELD', state: 'held', energyKwh: '20', ageSeconds: 0 });
    expect(items[0].findings).to.deep.equal([{ code: 'noSession', theirs: 'S-HELD' }]);
    expect((await call('GET', '/cdrs?state=accepted')).json().items[0]).to.include({ gross: '908', grossAmount: '9.08' });
    expect((await call('GET', '/counts')).json()).to.deep.equal({ accepted: 1, held: 1 });
  });

  it('explains a CDR as text in two languages', async () => {
    expect((await call('GET', '/cdrs/DE-ABC/HELD/explain?format=text')).text).to.include('no session of ours fits it (theirs S-HELD)');
    const zh = (await call('GET', '/cdrs/de-abc/held/explain?format=text&lang=zh')).text;
    expect(zh).to.include('没有与之匹配的充电会话（对方 S-HELD）').and.to.include('9.08 EUR');
  });

  it('does nothing with money without a reason, for a viewer, or for a wrong code', async () => {
    expect((await call('POST', '/cdrs/DE-ABC/HELD/approve', { body: {} })).json().error.code).to.equal('reason_missing');
    expect((await call('POST', '/cdrs/DE-ABC/HELD/approve', { as: 'viewer', body: { reason: 'x' } })).status).to.equal(403);
    expect((await call('POST', '/cdrs/DE-ABC/HELD/decline', { body: { reason: 'x', code: 'nope' } })).status).to.equal(400);
    expect((await call('POST', '/cdrs/DE-ABC/NONE/approve', { body: { reason: 'x' } })).status).to.equal(404);
    expect((await call('POST', '/periods/2026-13/close', { body: { reason: 'x' } })).json().error.code).to.equal('period_unknown');
    expect((await call('GET', '/cdrs?limit=0')).status).to.equal(400);
  });

  it('takes an idempotency key with every action, and does nothing when it only says what it would do', async () => {
    const before = (await call('GET', '/ledger/digest')).text;
    const dry = { reason: 'to see', dryRun: true };
    expect((await call('POST', '/cdrs/DE-ABC/HELD/approve', { body: dry, key: 'd1' })).json().life.clearing.state).to.equal('accepted');
    expect((await call('POST', '/cdrs/DE-ABC/HELD/decline', { body: { ...dry, code: 'late' }, key: 'd2' })).status).to.equal(200);
    for (const step of ['cut-off', 'close']) {
      const answer = await call('POST', `/periods/2026-11/${step}`, { body: dry, key: `d-${step}` });
      expect([answer.status, answer.json().period.state], step).to.deep.equal([200, step === 'close' ? 'closed' : 'cutOff']);
    }
    expect((await call('GET', '/periods')).json().filter(({ state }: { state: string }) => state !== 'open')).to.deep.equal([]);
    expect((await call('GET', '/statements')).json().items).to.deep.equal([]);
    expect((await call('GET', '/ledger/digest')).text).to.equal(before);
    expect((await call('GET', '/cdrs/DE-ABC/HELD/actions')).json()).to.deep.equal([]);
    expect((await call('POST', '/periods/2026-11/cut-off', { body: dry, key: 'bad key' })).json().error.code).to.equal('bad_key');
  });

  it('closes, opens and accepts once for one key; another request under it is refused', async () => {
    const month = '/periods/2026-10';
    const of = (reason: string, key: string, as = 'anna') => ({ body: { reason }, key, as });
    for (let n = 0; n < 2; n += 1) {
      const cut = await call('POST', `${month}/cut-off`, of('month end', 'cut'));
      expect([cut.status, cut.json().period.state]).to.deep.equal([200, 'cutOff']);
    }
    for (let n = 0; n < 2; n += 1) {
      const closed = await call('POST', `${month}/close`, of('month end', 'close'));
      expect([closed.status, closed.json().period.state]).to.deep.equal([200, 'closed']);
    }
    expect((await call('POST', `${month}/close`, of('another reason', 'close'))).json().error.code).to.equal('other_request');
    // One person is not enough, however often; a second one is.
    for (const key of ['open-1', 'open-1', 'open-2']) {
      const first = await call('POST', `${month}/reopen`, of('a late CDR', key));
      expect([first.status, first.json().reason], key).to.deep.equal([202, 'secondPerson']);
    }
    for (let n = 0; n < 2; n += 1) {
      const second = await call('POST', `${month}/reopen`, of('a late CDR', 'open-3', 'bo'));
      expect([second.status, second.json().period]).to.deep.equal([200, { name: '2026-10', state: 'open', version: 2 }]);
    }
  });

  it('approves in bulk, closes, and gives the statement as signed and as a table that no spreadsheet runs', async () => {
    const body = { reason: 'driver confirmed', keys: ['DE-ABC/HELD', 'DE-ABC/NONE'] };
    expect((await call('POST', '/holds/approve', { body, key: 'bulk-1' })).json().results).to.deep.equal([
      { key: 'DE-ABC/HELD', accepted: true, state: 'accepted' },
      { key: 'DE-ABC/NONE', accepted: false, reason: 'notFound' },
    ]);
    const closed = (await call('POST', '/periods/2026-11/close', { body: { reason: 'month end' } })).json();
    expect(closed.statements).to.have.length(1);
    const { id, digest } = closed.statements[0];
    const bundle = (await call('GET', `/statements/${id}/bundle`)).text;
    expect(JSON.parse(bundle).header.id).to.equal(id);
    expect(digest).to.match(/^[0-9a-f]{64}$/);
    const csv = (await call('GET', `/statements/${id}/lines.csv`)).text.split('\r\n');
    expect(csv).to.have.length(4);
    expect(csv[1]).to.match(/^cdr,DE\*ABC\*=1\+1,S-=1\+1,20,7\.50,1\.58,9\.08,9\.08,EUR,payable:DE-ABC,rated,/);
    expect((await call('GET', `/statements/${id}/statement.pdf`)).text).to.match(/^%PDF-1\.4/);
    expect((await call('GET', `/statements/${id}/diff/${id}`)).json()).to.deep.equal({ added: [], removed: [], changed: [], due: '0' });
    expect((await call('GET', '/periods/2026-11/run')).json()).to.deep.include({ differing: [], period: '2026-11' });
    expect((await call('GET', '/ledger/trial')).json().imbalance).to.deep.equal({ EUR: '0.00' });
    expect((await call('GET', '/ledger/audit')).json().faults).to.deep.equal([]);
    expect((await call('POST', `/statements/${id}/accept`, { body: { reason: 'mail of 12 Nov' } })).json().statement.state).to.equal(
      'accepted',
    );
    expect((await call('POST', '/periods/2026-11/reopen', { body: { reason: 'x' } })).json().error.code).to.equal('statement_accepted');
  });

  it('tells what was declined and not taken back, as data and as a table for the seller', async () => {
    const lie = cdr({ owner: CPO, id: '=LIE', energyMilliWh: 25_000_000 });
    world.know(cdr({ owner: CPO, id: '=LIE' }));
    await record(lie);
    expect((await call('GET', '/declines')).json().items).to.deep.equal([]);
    await call('POST', '/cdrs/DE-ABC/=LIE/decline', { body: { reason: 'the meter says 20', code: 'energyDiffers' } });
    const { items } = (await call('GET', '/declines?owner=DE-ABC')).json();
    expect(items).to.have.length(1);
    expect(items[0]).to.deep.include({
      key: 'DE-ABC/=LIE',
      code: 'energyDiffers',
      claimed: '11.1925 EUR',
      ours: '11.19 EUR',
      energyKwh: '25',
    });
    expect(items[0].text).to.deep.equal({ en: 'the energy differs from the session', zh: '电量与会话记录不符' });
    const [head, row] = (await call('GET', '/declines.csv')).text.split('\r\n');
    expect(head).to.equal('cdr,buyer,code,reason,reason_zh,claimed,ours,difference,ended_at');
    expect(row).to.match(/^DE-ABC\/=LIE,NL-EVR,energyDiffers,/);
  });
});
