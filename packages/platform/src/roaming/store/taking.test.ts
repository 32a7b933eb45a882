import { createHash } from 'node:crypto';
import { expect } from 'chai';
import { createOutbox, outboxMigrations } from '../../edges/outbox.js';
import { type TestDatabase, type TestRedis, testDatabase, testRedis } from '../../edges/testing.js';
import type { OperatorId } from '../../kernel/ids.js';
import type { PartyId } from '../../model/party.js';
import { toCdr } from '../links/ocpi221/cdrs.js';
import { migrations } from '../migrations.js';
import { cdrs } from './cdrs.js';
import { type Arrival, createTaking } from './taking.js';

const operatorId = 'op' as OperatorId;
const owner = 'NL-BEN' as PartyId;
const at = '2026-03-02T21:00:00.000Z';
const wire = (id: string, kwh: number): Parameters<typeof toCdr>[0] => ({
  country_code: 'NL',
  party_id: 'BEN',
  id,
  start_date_time: at,
  end_date_time: at,
  cdr_token: { country_code: 'DE', party_id: 'EMS', uid: 'U1', type: 'RFID', contract_id: 'DE-EMS-C1' },
  auth_method: 'WHITELIST',
  cdr_location: {
    id: 'L1',
    address: 'A',
    city: 'C',
    country: 'NLD',
    coordinates: { latitude: '52.00000', longitude: '5.00000' },
    evse_uid: 'E1',
    evse_id: 'NL*BEN*E1',
    connector_id: '1',
    connector_standard: 'IEC_62196_T2',
    connector_format: 'SOCKET',
    connector_power_type: 'AC_3_PHASE',
  },
  currency: 'EUR',
  charging_periods: [{ start_date_time: at, dimensions: [{ type: 'ENERGY', volume: kwh }] }],
  total_cost: { excl_vat: 1.5 },
  total_energy: kwh,
  total_time: 1,
  last_updated: at,
});

describe('CDRs that come in', () => {
  let database: TestDatabase;
  let redis: TestRedis;

  before(async function () {
    this.timeout(60_000);
    [database, redis] = await Promise.all([testDatabase([...outboxMigrations, ...migrations]), testRedis()]);
  });
  after(async () => {
    await redis.close();
    await database.drop();
  });

  function arrival(id: string, kwh: number, version = '2.2.1'): Arrival {
    const bytes = Buffer.from(JSON.stringify(wire(id, kwh)));
    const digest = createHash('sha256').update(bytes).digest('hex');
    return {
      operatorId,
      exchange: { owner, id, party: owner, direction: 'in', version, bytes, digest, state: 'received', updatedAt: new Date(at) },
      cdr: toCdr(wire(id, kwh), 'Europe/Amsterdam'),
      events: [{ consumer: 'heard', key: id, body: { id } }],
    };
  }

  it('are new once, the same again, or in conflict, also within one batch and whatever the case of the id', async () => {
    const outbox = createOutbox({ database, redis, prefix: redis.prefix });
    outbox.consume('heard', { together: async () => undefined });
    const { takeCdr, stopTaking } = createTaking({ database, outbox });
    const many = Array.from({ length: 40 }, (_, n) => arrival(`C${n}`, n));
    const answers = await Promise.all([...many, arrival('C3', 3), arrival('c4', 5), arrival('C5', 6)].map(takeCdr));
    expect(answers).to.deep.equal([...many.map(() => 'new'), 'same', 'other', 'other']);
    expect(await Promise.all([arrival('C6', 6), arrival('C6', 7)].map(takeCdr))).to.deep.equal(['same', 'other']);
    await stopTaking();
    await outbox.stop();
    const events = await database.sql<{ key: string }>(undefined, 'SELECT key FROM outbox ORDER BY key');
    expect(events.map(({ key }) => key)).to.deep.equal(many.map(({ exchange }) => exchange.id).sort());
    const conflicts = await database.sql<{ id: string; bytes: Buffer }>(
      undefined,
      'SELECT id, bytes FROM roaming_cdr_conflict ORDER BY id',
    );
    expect(conflicts.map(({ id }) => id)).to.deep.equal(['C4', 'C5', 'C6']);
    expect(conflicts[1]!.bytes).to.deep.equal(arrival('C5', 6).exchange.bytes);
  });

  it('are read again as they were, byte for byte and in the model, whatever their version', async () => {
    const outbox = createOutbox({ database, redis, prefix: redis.prefix });
    outbox.consume('heard', { together: async () => undefined });
    const { takeCdr, stopTaking } = createTaking({ database, outbox });
    const both = [arrival('Vé', 1.5), arrival('W', 2.25, '2.1.1')];
    await Promise.all(both.map(takeCdr));
    await stopTaking();
    await outbox.stop();
    const { receivedCdrs } = cdrs(database.sql);
    const kept = await receivedCdrs(operatorId, [
      { owner, id: 'vé' },
      { owner, id: 'w' },
      { owner, id: 'none' },
    ]);
    const inOrder = kept.sort((a, b) => (a.exchange.id < b.exchange.id ? -1 : 1));
    expect(inOrder.map(({ cdr }) => cdr)).to.deep.equal(both.map(({ cdr }) => cdr));
    expect(inOrder.map(({ exchange }) => exchange.bytes)).to.deep.equal(both.map(({ exchange }) => exchange.bytes));
  });
});
