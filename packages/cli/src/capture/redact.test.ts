import { decodeHex, encodeHex } from '@evroam/gbt-adapter/ykc';
import { expect } from 'chai';
import { describer, toLine } from './describe.js';
import { toFrame } from './file.js';
import { redactor } from './redact.js';

const codec = { decode: decodeHex, encode: encodeHex };
const salt = Buffer.from('a salt of this test');
const at = '2026-11-25T09:00:00.000Z';
const ocpp = (way: 'in' | 'out', message: unknown) => ({ at, protocol: 'ocpp1.6', peer: 'CS-1', way, text: JSON.stringify(message) });
const pile = (hex: string) => ({ at, protocol: 'ykc', peer: 'P-1', way: 'in' as const, hex });

describe('a redacted capture', () => {
  it('names the same driver by the same pseudonym everywhere, and by another one under another salt', () => {
    const change = redactor(salt, codec);
    const [first, second] = [
      ocpp('in', [2, '1', 'Authorize', { idTag: '04AABBCC' }]),
      ocpp('in', [2, '2', 'TransactionEvent', { idToken: { idToken: '04AABBCC', type: 'ISO14443' }, vin: 'L1NSPGH98NA000000' }]),
    ].map((frame) => JSON.parse(change(frame).text ?? ''));
    expect(first[3].idTag)
      .to.match(/^\d|[0-9A-F]{8}$/)
      .and.not.equal('04AABBCC');
    expect(second[3].idToken).to.deep.equal({ idToken: first[3].idTag, type: 'ISO14443' });
    expect(second[3].vin).to.have.length(17).and.not.equal('L1NSPGH98NA000000');
    const other = redactor(Buffer.from('another'), codec)(ocpp('in', [2, '1', 'Authorize', { idTag: '04AABBCC' }]));
    expect(other.text).not.to.include(first[3].idTag);
  });

  it('keeps a pile frame a frame, without its card', () => {
    const fields = { pileCode: '20231212000010', gunNo: '01', startMode: 1, needPassword: 0, accountOrCard: '00000000D14B0A54' };
    const hex = encodeHex({ type: '0x31', sequence: 3, fields: { ...fields, password: '0'.repeat(32), vin: 'L1NSPGH98NA000000' } });
    const redacted = decodeHex(redactor(salt, codec)(pile(hex)).hex ?? '');
    expect(redacted).to.include({ name: decodeHex(hex).name, sequence: 3, crc: 'ok' });
    expect(redacted.fields).to.include({ pileCode: '20231212000010', password: '0'.repeat(32) });
    expect(redacted.fields.accountOrCard)
      .to.match(/^[0-9A-F]{16}$/)
      .and.not.equal('00000000D14B0A54');
    expect(redactor(salt, codec)(pile('6804000000ffff')).hex).to.equal('6804000000ff');
  });

  it('keeps nothing of what cannot be read', () => {
    expect(redactor(salt, codec)({ ...ocpp('in', 0), text: '[2,"1","Authorize",{"idTag":"04AABBCC"' }).text).not.to.include('04AABBCC');
  });
});

describe('a described capture', () => {
  it('names an answer by its question', () => {
    const describeFrame = describer(decodeHex);
    const lines = [
      ocpp('in', [2, '1', 'Heartbeat', {}]),
      ocpp('out', [2, '1', 'Reset', { type: 'Soft' }]),
      ocpp('out', [3, '1', { currentTime: at }]),
      ocpp('in', [4, '1', 'NotSupported', 'no', {}]),
      ocpp('in', [3, '1', {}]),
      { ...ocpp('in', 0), text: 'nonsense' },
    ].map((frame) => toLine(describeFrame(frame)).slice(14));
    expect(lines).to.deep.equal([
      'CS-1 → Heartbeat {}',
      'CS-1 ← Reset {"type":"Soft"}',
      `CS-1 ←= Heartbeat {"currentTime":"${at}"}`,
      'CS-1 →! Reset {"code":"NotSupported","description":"no","details":{}}',
      'CS-1 →= {}',
      'CS-1 →? nonsense',
    ]);
  });

  it('takes frames only', () => {
    expect(toFrame({ ...pile('68'), seq: 5 })).to.deep.equal(pile('68'));
    for (const wrong of [null, 'x', {}, { ...pile('6') }, { ...pile('68'), way: 'up' }, { ...pile('68'), at: 'today' }])
      expect(toFrame(wrong), JSON.stringify(wrong)).to.equal(undefined);
  });
});

describe('a capture of messages between partners', () => {
  const ocpi = (way: 'in' | 'out', text: string) => ({ at, protocol: 'ocpi2.2.1', peer: 'p1', way, text });
  const start = ocpi(
    'in',
    'PUT /ocpi/2.2.1/receiver/tokens/NL/EVM/04AABB?type=RFID HTTP/1.1\r\nx-request-id: r1\r\n\r\n{"uid":"04AABB","contract_id":"NL-EVM-C1","valid":true}',
  );

  it('is read as requests and answers', () => {
    const describeFrame = describer(decodeHex);
    const lines = [
      start,
      ocpi('out', 'HTTP/1.1 200\r\nx-request-id: r1\r\n\r\n{"status_code":1000}'),
      ocpi('out', 'HTTP/1.1 404\r\n\r\n'),
      ocpi('in', 'nonsense'),
    ];
    expect(lines.map((frame) => toLine(describeFrame(frame)).slice(14))).to.deep.equal([
      'p1 → PUT /ocpi/2.2.1/receiver/tokens/NL/EVM/04AABB?type=RFID {"uid":"04AABB","contract_id":"NL-EVM-C1","valid":true}',
      'p1 ←= 200 {"status_code":1000}',
      'p1 ←! 404 ',
      'p1 →? nonsense',
    ]);
  });

  it('loses its drivers, in the body and in the path alike', () => {
    const { text = '' } = redactor(salt, codec)(start);
    expect(text).not.to.include('04AABB').and.not.to.include('C1"');
    const { uid } = JSON.parse(text.slice(text.indexOf('\r\n\r\n') + 4));
    expect(text).to.match(
      new RegExp(`^PUT /ocpi/2\\.2\\.1/receiver/tokens/NL/EVM/${uid}\\?type=RFID HTTP/1\\.1\r\nx-request-id: r1\r\n\r\n`),
    );
    const broken = redactor(salt, codec)(ocpi('in', 'POST /x HTTP/1.1\r\n\r\n{"uid":"04AABB"'));
    expect(broken.text).not.to.include('04AABB');
  });
});
