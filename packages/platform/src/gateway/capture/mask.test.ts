import { decodeHex, encodeHex } from '@evroam/gbt-adapter/ykc';
import { expect } from 'chai';
import fc from 'fast-check';
import { maskFrame, maskPileFrame } from './mask.js';

const PASSWORD = 'f3a9-Zq7Lw0-very-secret';

describe('the mask of a captured frame', () => {
  it('hides passwords wherever OCPP carries one, and nothing else', () => {
    for (const message of [
      [2, 'a', 'ChangeConfiguration', { key: 'AuthorizationKey', value: PASSWORD }],
      [3, 'a', { configurationKey: [{ key: 'authorizationkey', readonly: false, value: PASSWORD }] }],
      [
        2,
        'a',
        'SetVariables',
        { setVariableData: [{ component: { name: 'SecurityCtrlr' }, variable: { name: 'BasicAuthPassword' }, attributeValue: PASSWORD }] },
      ],
      [3, 'a', { getVariableResult: [{ attributeStatus: 'Accepted', variable: { name: 'BasicAuthPassword' }, attributeValue: PASSWORD }] }],
      [2, 'a', 'NotifyReport', { reportData: [{ variable: { name: 'BasicAuthPassword' }, variableAttribute: [{ value: PASSWORD }] }] }],
      [2, 'a', 'SetNetworkProfile', { connectionData: { vpn: { password: PASSWORD, server: 'vpn.example.com' } } }],
      [2, 'a', 'SetNetworkProfile', { connectionData: { apn: { apnPassword: PASSWORD } } }],
      [2, 'a', 'GetLog', { log: { remoteLocation: `ftp://station:${PASSWORD}@logs.example.com/` } }],
    ]) {
      const masked = maskFrame(JSON.stringify(message));
      expect(masked, JSON.stringify(message)).not.to.include(PASSWORD);
      expect(masked).to.include('***');
      expect(JSON.parse(masked)).to.have.length(message.length);
    }
    const plain = '[2,"a","Authorize",{"idTag":"04AABB","x":"\\u4e2d"}]';
    expect(maskFrame(plain)).to.equal('[2,"a","Authorize",{"idTag":"04AABB","x":"中"}]');
    expect(maskFrame('[2,"a","Heartbeat",  {}]')).to.equal('[2,"a","Heartbeat",  {}]');
  });

  it('leaves out a broken text that names a secret', () => {
    expect(maskFrame(`[2,"a","ChangeConfiguration",{"key":"AuthorizationKey","value":"${PASSWORD}"`)).not.to.include(PASSWORD);
    expect(maskFrame(`[2,"a","ChangeConfiguration",{"k\\u0065y":"\\u0041uthorizationKey","value":"${PASSWORD}"}]`)).not.to.include(
      PASSWORD,
    );
  });

  it('hides it at any depth, beside anything', () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 4 }), fc.array(fc.string(), { maxLength: 5 }), (beside, path) => {
        const inner: unknown = { key: 'AuthorizationKey', value: PASSWORD, beside };
        const nested = path.reduce((value: unknown, name) => ({ [name]: [value] }), inner);
        expect(maskFrame(JSON.stringify([2, 'a', 'DataTransfer', nested]))).not.to.include(PASSWORD);
      }),
      { seed: 4, numRuns: 300 },
    );
  });

  it('hides the password of an account at a pile', () => {
    const fields = { pileCode: '20231212000010', gunNo: '01', startMode: 2, needPassword: 1, accountOrCard: '00000000D14B0A54', vin: '' };
    const hex = encodeHex({ type: '0x31', sequence: 3, fields: { ...fields, password: '0123456789ABCDEF0123456789ABCDEF' } });
    const masked = decodeHex(maskPileFrame(Buffer.from(hex, 'hex')));
    expect(masked.fields).to.include({ password: '0'.repeat(32), accountOrCard: '00000000D14B0A54' });
    expect(masked.crc).to.equal('ok');
    expect(maskPileFrame(Buffer.from('6804000000ff', 'hex'))).to.equal('6804000000ff');
  });
});
