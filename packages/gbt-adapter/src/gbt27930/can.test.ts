import { expect } from 'chai';
import { frameFrom, idText, joinId, parseCapture, parseFrame, senderOf, splitId } from './can.js';
import { Gbt27930Error } from './errors.js';

describe('CAN frames as text', () => {
  it('are read from a candump log, from its console, and bare', () => {
    const data = [1, 1, 0];
    const plain = parseFrame('1826F456#010100');
    expect([plain.id, [...plain.data], plain.atMs]).to.deep.equal([0x1826f456, data, undefined]);
    for (const text of [
      '(1703513321.123456) can0 1826F456#010100',
      '(1703513321.123456) can0 1826f456#010100 R',
      ' (1703513321.123456)  can0  1826F456   [3]  01 01 00 ',
    ]) {
      const { id, data: bytes, atMs } = parseFrame(text);
      expect([id, [...bytes], atMs], text).to.deep.equal([0x1826f456, data, 1_703_513_321_123]);
    }
    expect(parseFrame("can0  182756F4   [2]  A5 10   '..'").data).to.deep.equal(Buffer.from('A510', 'hex'));
    expect([...parseCapture('# a log\n\n1826F456#010100\r\n182756F4#A510\n')].map(({ id }) => idText(id))).to.deep.equal([
      '1826F456',
      '182756F4',
    ]);
  });

  it('refuse what is no frame, with the reason', () => {
    for (const text of [
      '',
      'hello',
      '1826F456',
      '1826F456#0',
      '1826F456#010203040506070809',
      '3826F456#00',
      'can0 1826F456 [4] 01 01 00',
      'X#00',
    ]) {
      expect(() => parseFrame(text), text).to.throw(Gbt27930Error);
    }
    expect(() => frameFrom('1826F456', '0')).to.throw(Gbt27930Error);
    expect(() => frameFrom('', '00')).to.throw(Gbt27930Error);
  });

  it('have an identifier of priority, parameter group and two addresses', () => {
    const address = { priority: 6, pgn: 0x2600, destination: 0xf4, source: 0x56 };
    expect(splitId(0x1826f456)).to.deep.equal(address);
    expect(joinId(address)).to.equal(0x1826f456);
    expect([0x1826f456, 0x182756f4, 0x0070f4b5].map((id) => senderOf(splitId(id)))).to.deep.equal(['charger', 'bms', undefined]);
  });
});
