import { expect } from 'chai';
import { partyId } from '../../../model/party.js';
import { fromVerdict, toEvseStatus, toSamples, toStart, toStop } from './translate.js';

const timestamp = '2026-03-01T10:00:00Z';
const registers = (...sampledValue: Parameters<typeof toSamples>[0][number]['sampledValue']) =>
  toSamples([{ timestamp, sampledValue }]).samples.flatMap(({ registerMilliWh = [] }) => registerMilliWh);

describe('OCPP 1.6 translation', () => {
  it('reads a register with all defaults as Wh', () => expect(registers({ value: '1234' })).to.deep.equal([1_234_000]));
  it('reads a register in whole Wh, for that is how start and stop count', () =>
    expect(registers({ value: '1.234567', unit: 'kWh' })).to.deep.equal([1_234_000]));
  it('sums phases only where there is no total', () => {
    expect(registers({ value: '10', phase: 'L1' }, { value: '20', phase: 'L2' }, { value: '30', phase: 'L3' })).to.deep.equal([60_000]);
    expect(registers({ value: '10', phase: 'L1' }, { value: '99' })).to.deep.equal([99_000]);
  });
  it('takes no power, no inlet, no signed data and no nonsense for a register', () => {
    expect(registers({ value: '11000', measurand: 'Power.Active.Import', unit: 'W' })).to.deep.equal([]);
    expect(registers({ value: '5', location: 'Inlet' })).to.deep.equal([]);
    expect(registers({ value: '0A1B', format: 'SignedData' })).to.deep.equal([]);
    expect(registers({ value: 'NaN' })).to.deep.equal([]);
  });
  it('turns Wh of start and stop into mWh', () => {
    expect(toStart({ connectorId: 2, idTag: 'A', meterStart: 7, timestamp })).to.deep.equal({
      connectorNumber: 2,
      idTag: 'A',
      at: new Date(timestamp),
      registerMilliWh: 7_000,
    });
    expect(toStop({ transactionId: 5, meterStop: 9, timestamp }).reason).to.equal('Local');
    const transactionData = [{ timestamp, sampledValue: [{ value: '8' }] }];
    expect(toStop({ transactionId: 5, meterStop: 9, timestamp, transactionData }).samples).to.deep.equal([
      { at: new Date(timestamp), registerMilliWh: 8_000, values: [] },
    ]);
  });
  it('tells a blocked card from an unknown one', () => {
    expect(fromVerdict({ allowed: false, reason: 'blocked' })).to.deep.equal({ status: 'Blocked' });
    expect(fromVerdict({ allowed: false, reason: 'unknown' })).to.deep.equal({ status: 'Invalid' });
  });
  it('does not show a group id that a station could not read', () => {
    const token = {
      issuer: partyId('NL', 'EVM'),
      uid: 'A',
      type: 'rfid',
      contractId: 'C',
      issuerName: 'E',
      valid: true,
      whitelist: 'always',
      updatedAt: new Date(timestamp),
      groupId: 'a-group-id-of-more-than-20-characters',
    } as const;
    expect(fromVerdict({ allowed: true, token })).to.deep.equal({ status: 'Accepted' });
  });
  it('calls a plugged-in EVSE blocked, not available', () => expect(toEvseStatus('Preparing')).to.equal('blocked'));
});
