import { expect } from 'chai';
import { bcd, uint } from '../layout/field.js';
import { bodyOf, decodeFrame, encodeFrame } from './codec.js';
import { YkcError } from './errors.js';
import { defineFrame, describeFrame } from './frame.js';
import { defineProfile, frameOf, LAYOUT_V1, type Layout, V1, V1_FRAMES } from './profile.js';
import { hardwareFaults } from './realtime.js';
import { Heartbeat, Login } from './registration.js';
import { stopReason } from './stop-reason.js';
import { decodeHex, encodeHex } from './text.js';
import { fromDate, toDate } from './time.js';

const HEARTBEAT = { pileCode: '00624100001201', gunNo: '01', gunStatus: 0 };
const codeOf = (run: () => unknown): string => {
  try {
    run();
  } catch (error) {
    if (error instanceof YkcError) return error.field === '' ? error.code : `${error.code} ${error.field}`;
    throw error;
  }
  return 'nothing';
};

describe('the 云快充 codec', () => {
  it('writes a heartbeat as a real pile does', () => {
    expect(encodeFrame(Heartbeat, HEARTBEAT, { sequence: 3 }).toString('hex')).to.equal('680d0300000300624100001201010075fa');
  });

  it('knows the 52 frames of V1.5, V1.6 and V1.7, each by number and by name', () => {
    expect(V1_FRAMES).to.have.length(52);
    for (const frame of V1_FRAMES) expect(frameOf(V1, frame.name)).to.equal(frameOf(V1, frame.type));
    expect(frameOf(V1, '0x3B').name).to.equal('TransactionRecord');
    expect(codeOf(() => frameOf(V1, '0x5A'))).to.equal('Type');
  });

  it('names what is wrong with a frame', () => {
    const good = encodeFrame(Heartbeat, HEARTBEAT);
    const spoilt = (at: number, value: number): Buffer => Buffer.from(good).fill(value, at, at + 1);
    expect(codeOf(() => decodeFrame(good.subarray(0, 5)))).to.equal('Length');
    expect(codeOf(() => decodeFrame(spoilt(0, 0x67)))).to.equal('Start');
    expect(codeOf(() => decodeFrame(spoilt(1, 0x0e)))).to.equal('Length');
    expect(codeOf(() => decodeFrame(spoilt(6, 0x01)))).to.equal('Crc');
    expect(codeOf(() => decodeFrame(spoilt(5, 0x99), { badCrc: 'tell' }))).to.equal('Type');
    expect(codeOf(() => decodeFrame(spoilt(5, 0x05), { badCrc: 'tell' }))).to.equal('nothing');
    expect(codeOf(() => decodeFrame(spoilt(5, 0x01), { badCrc: 'tell' }))).to.equal('Length');
    expect(codeOf(() => decodeFrame(spoilt(6, 0x0a), { badCrc: 'tell' }))).to.equal('Field pileCode');
    expect(codeOf(() => decodeFrame(spoilt(4, 1), { badCrc: 'tell' }))).to.equal('Encrypted');
  });

  it('refuses to send a value that would not read back the same', () => {
    expect(codeOf(() => encodeFrame(Heartbeat, { ...HEARTBEAT, gunNo: '1' }))).to.equal('Field gunNo');
    expect(codeOf(() => encodeFrame(Heartbeat, { ...HEARTBEAT, gunNo: '0A' }))).to.equal('Field gunNo');
    expect(codeOf(() => encodeFrame(Heartbeat, { ...HEARTBEAT, gunStatus: 256 }))).to.equal('Field gunStatus');
    expect(codeOf(() => encodeFrame(Heartbeat, { ...HEARTBEAT, gunStatus: 0.5 }))).to.equal('Field gunStatus');
    expect(codeOf(() => encodeHex({ type: 'Heartbeat', fields: { pileCode: '00624100001201', gunNo: '01' } }))).to.equal('Field gunStatus');
    expect(codeOf(() => encodeHex({ type: '0x40', fields: { tradeNo: null, result: 0 } }))).to.equal('Field tradeNo');
    const price = { ...decodeHex(MODEL).fields, sharpElecPrice: '0.000001' };
    expect(codeOf(() => encodeHex({ type: '0x58', fields: price }))).to.equal('Field sharpElecPrice');
    expect(codeOf(() => encodeHex({ type: '0x58', fields: { ...price, sharpElecPrice: 'a lot' } }))).to.equal('Field sharpElecPrice');
    expect(codeOf(() => decodeHex('68 0D 0'))).to.equal('Length');
  });

  it('keeps bytes above 127 in a text, for real piles send them', () => {
    const login = {
      pileCode: '00624100001201',
      pileType: 1,
      gunCount: 1,
      protocolVersionX10: 16,
      softwareVersion: 'V\u00e94\u00ff',
      network: 0,
      sim: '898604861024C0006426',
      carrier: 0,
    };
    expect(bodyOf(Login, decodeFrame(encodeFrame(Login, login)))).to.deep.equal(login);
  });

  it('sends a body through the cipher of the profile and refuses what does not decrypt', () => {
    const flip = (body: Uint8Array): Uint8Array => body.map((byte) => byte ^ 0x5a);
    const profile = defineProfile('with a cipher', V1_FRAMES, { cipher: { encrypt: flip, decrypt: flip } });
    const bytes = encodeFrame(Heartbeat, HEARTBEAT, { profile, encrypt: true });
    expect(bytes[4]).to.equal(1);
    expect(decodeFrame(bytes, { profile })).to.deep.include({ isEncrypted: true, body: HEARTBEAT });
    expect(codeOf(() => decodeFrame(bytes))).to.equal('Encrypted');
    const other = defineProfile('with another key', V1_FRAMES, {
      cipher: {
        encrypt: flip,
        decrypt: () => {
          throw new Error('bad decrypt');
        },
      },
    });
    expect(codeOf(() => decodeFrame(bytes, { profile: other }))).to.equal('Encrypted');
    expect(codeOf(() => encodeFrame(Heartbeat, HEARTBEAT, { encrypt: true }))).to.equal('Encrypted');
  });

  it('takes the header and the frames of another version as data', () => {
    const layout: Layout = {
      lengthBytes: 2,
      sequenceAt: 3,
      flagAt: 12,
      typeAt: 13,
      bodyAt: 14,
      stamp: (bytes) => void bytes.fill(0x20, 5, 12),
    };
    const Fault = defineFrame({ type: 0x49, name: 'Fault', title: '故障上报', from: 'pile', body: { pileCode: bcd(7), fault: uint(2) } });
    const profile = defineProfile('a vendor of V2.x', [...V1_FRAMES, Fault], { layout });
    const bytes = encodeFrame(Fault, { pileCode: '00624100001201', fault: 513 }, { profile, sequence: 258 });
    expect(bytes.toString('hex').slice(0, -4)).to.equal('6814000201202020202020200049006241000012010102');
    expect(bodyOf(Fault, decodeFrame(bytes, { profile }))).to.deep.equal({ pileCode: '00624100001201', fault: 513 });
    expect(LAYOUT_V1.bodyAt).to.equal(6);
  });

  it('describes a frame from its definition', () => {
    expect(describeFrame(Heartbeat)).to.deep.equal([
      { name: 'pileCode', size: 7, says: 'BCD 7' },
      { name: 'gunNo', size: 1, says: 'BCD 1' },
      { name: 'gunStatus', size: 1, says: 'BIN 1: 0 normal, 1 fault' },
    ]);
    expect(() => defineFrame({ type: 0x04, name: 'Wrong', title: '', from: 'pile', body: {} })).to.throw(TypeError);
  });

  it('reads times as China time, and tells what is no time', () => {
    expect(toDate('2025-01-13T23:52:52.000')?.toISOString()).to.equal('2025-01-13T15:52:52.000Z');
    expect(fromDate(new Date('2025-01-13T15:52:52Z'))).to.equal('2025-01-13T23:52:52.000');
    for (const text of ['2000-00-00T00:00:00.000', '2025-06-31T00:00:00.000', '2025-01-01T24:00:00.000', 'yesterday'])
      expect(toDate(text), text).to.equal(undefined);
  });

  it('names stop reasons and hardware faults', () => {
    expect(
      [0x40, 0x4a, 0x57, 0x69, 0x6a, 0x72, 0x83, 0x89, 0x90, 0].map((value) => Object.values(stopReason(value)).join(' ')),
    ).to.deep.equal([
      'done appStop',
      'startFailed controlSystemFault',
      'startFailed insulation',
      'startFailed reserved',
      'aborted systemLocked',
      'aborted emergencyStop',
      'aborted pilePowerLoss',
      'aborted timeoutCCS',
      'unknown unknown',
      'unknown vendor',
    ]);
    expect(hardwareFaults(0x1001)).to.deep.equal(['emergencyStop', 'doorOpen']);
    expect(hardwareFaults(0x0002, 2)).to.deep.equal(['emergencyStop']);
  });
});

const MODEL =
  '685E0007000A202312120000100001F8240100C8AF0000F8240100C8AF0000F8240100C8AF0000F8240100C8AF000000000000000000000000000000010101010101010101010101020202020202020202020202030303030303030303030303FE63';
