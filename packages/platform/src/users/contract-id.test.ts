import { expect } from 'chai';
import { contractName, isVehicle, vehicleName } from './contract-id.js';

describe('contract and vehicle ids', () => {
  it('are one in every spelling', () => {
    for (const id of ['DE-8AA-C12345678-3', 'DE8AAC123456783', 'de-8aa-c12345678']) expect(contractName(id)).to.equal('DE8AAC12345678');
    expect(contractName('NL-EVM-C1')).to.equal('NLEVMC1');
  });
  it('of vehicles are told from cards', () => {
    expect(vehicleName('VID:a0:b1-c2:D3')).to.equal('A0B1C2D3');
    expect([isVehicle('VID:A0B1'), isVehicle('04AABBCC')]).to.deep.equal([true, false]);
  });
});
