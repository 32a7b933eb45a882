import { expect } from 'chai';
import { type TestDatabase, testDatabase } from '../../edges/testing.js';
import type { OperatorId } from '../../kernel/ids.js';
import { type Agreement, DEFAULT_TOLERANCE } from '../../model/agreement.js';
import { partyId } from '../../model/party.js';
import { migrations } from '../migrations.js';
import { agreements } from './agreements.js';

const OPERATOR = 'op-1' as OperatorId;
const [OURS, EMSP, CPO] = [partyId('NL', 'EVR'), partyId('NL', 'EVM'), partyId('DE', 'ABC')];
const BY = { activatedAt: new Date('2026-01-01T00:00:00Z'), askedBy: 'anna', reason: 'new terms' };

const agreement = (changes: Partial<Agreement>): Agreement => ({
  id: 'A',
  version: 1,
  seller: OURS,
  buyer: EMSP,
  sellerModel: 'agent',
  taxTreatment: 'domestic',
  tax: { name: 'VAT', rate: 210_000 },
  currency: 'EUR',
  rounding: 'perTotal',
  tolerance: DEFAULT_TOLERANCE,
  cycle: 'monthly',
  lateWindowDays: 14,
  signingKeys: {},
  effectiveFrom: new Date('2026-01-01T00:00:00Z'),
  ...changes,
});

describe('the agreements that are kept', () => {
  let database: TestDatabase;
  before(async () => {
    database = await testDatabase(migrations);
  });
  after(() => database.drop());

  it('tell every key that was ever pinned for a party, on either side, and none of another or of another operator', async () => {
    const store = agreements(database.sql);
    const keep = (operatorId: OperatorId, changes: Partial<Agreement>) =>
      store.insertAgreement(undefined, operatorId, agreement(changes), BY);
    await keep(OPERATOR, { signingKeys: { [OURS]: 'old', [EMSP]: 'theirs' } });
    await keep(OPERATOR, { version: 2, signingKeys: { [OURS]: 'new', [EMSP]: 'theirs' } });
    await keep(OPERATOR, { id: 'B', seller: CPO, buyer: OURS, signingKeys: { [OURS]: 'new' } });
    await keep('op-2' as OperatorId, { signingKeys: { [OURS]: 'foreign' } });
    expect((await store.pinnedKeys(OPERATOR, OURS)).sort()).to.deep.equal(['new', 'old']);
    expect(await store.pinnedKeys(OPERATOR, EMSP)).to.deep.equal(['theirs']);
    expect(await store.pinnedKeys(OPERATOR, CPO)).to.deep.equal([]);
  });
});
