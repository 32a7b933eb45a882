import { expect } from 'chai';
import type { SessionId, StationId } from '../kernel/ids.js';
import { fromJson } from '../kernel/json.js';
import { partyId } from '../model/party.js';
import { readProgress, writeProgress } from './progress.js';
import { apply, begin, type SessionFacts } from './session.js';

describe('progress of a session as JSON', () => {
  it('is read as it was written, and as any JSON of ours', () => {
    const at = new Date('2026-03-01T10:00:00Z');
    const facts: SessionFacts = {
      id: 'S1' as SessionId,
      owner: partyId('NL', 'EVR'),
      stationId: 'CS1' as StationId,
      place: { owner: partyId('NL', 'EVR'), locationId: 'L1', evseUid: 'E1', connectorId: '1' },
      timeZone: 'Europe/Amsterdam',
      token: { issuer: partyId('NL', 'EVM'), uid: 'A1', type: 'rfid', contractId: 'C' },
      authMethod: 'whitelist',
      currency: 'EUR',
      tariffs: [],
      startedAt: at,
      startRegisterMilliWh: 0,
    };
    const later = new Date('2026-03-01T11:00:00Z');
    const { state } = apply(begin(facts), { kind: 'stopped', at: later, registerMilliWh: 5_000, reason: 'Local', seqNo: 3 }, () => []);
    const released = { ...state, released: { by: 'me', at: later } };
    for (const each of [begin(facts), state, released]) {
      expect(readProgress(writeProgress(each), facts)).to.deep.equal(each);
      expect({ ...fromJson<object>(writeProgress(each)), facts }).to.deep.equal(each);
    }
  });
});
