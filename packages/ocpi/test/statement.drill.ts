import { type Fault, verify } from '@evroam/ocpi/statement';
import { expect } from 'chai';
import { hub, statementWorld } from './statement-world.js';

describe('statement, each bit of it', () => {
  it('is found changed wherever one bit is flipped, and every fault has a place', () => {
    const bytes = Buffer.from(statementWorld(2).text);
    const placed = ({ pointer, byte }: Fault) => pointer !== '' || byte !== undefined;
    for (let at = 0; at < bytes.length; at++) {
      for (let bit = 0; bit < 8; bit++) {
        const flipped = Buffer.from(bytes);
        flipped[at] = bytes[at]! ^ (1 << bit);
        const checked = verify(flipped, { publicKey: hub.publicKey });
        expect(!checked.ok && checked.faults.every(placed), `bit ${bit} of byte ${at}`).to.equal(true);
      }
    }
  });
});
