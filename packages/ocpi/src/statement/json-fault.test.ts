import { expect } from 'chai';
import fc from 'fast-check';
import { faultOffset } from './json-fault.js';

describe('where a text stops being JSON', () => {
  it('is its end for a text that is JSON', () => {
    fc.assert(
      fc.property(fc.json(), fc.constantFrom('', ' ', '\n'), (text, space) => {
        expect(faultOffset(text + space)).to.equal(text.length + space.length);
      }),
      { seed: 8 },
    );
  });

  it('is the sign that cannot stand there', () => {
    const offsets = ['{"a":1x}', '[1,]', '{"a" 1}', 'nul', '{"a":"\n"}', '[1}', '', '1 2', '{,}', '"\\x"', '[01]', '{"a":1,}'];
    expect(offsets.map(faultOffset)).to.deep.equal([6, 3, 5, 0, 5, 2, 0, 2, 1, 0, 2, 7]);
  });

  it('is never before the place up to which the text could still have become JSON', () => {
    fc.assert(
      fc.property(fc.json(), fc.nat(), fc.constantFrom('}', ']', ',', ':', 'x', '"'), (text, n, sign) => {
        const at = n % text.length;
        const broken = text.slice(0, at) + sign + text.slice(at + 1);
        try {
          JSON.parse(broken);
          expect(faultOffset(broken)).to.equal(broken.length);
        } catch (error) {
          expect(error).to.be.instanceOf(SyntaxError);
          const said = /position (\d+)/.exec((error as SyntaxError).message)?.[1];
          const offset = faultOffset(broken);
          expect(offset).to.be.at.most(broken.length);
          // The engine counts into a text or number that breaks off; we name its beginning.
          if (said !== undefined) expect(offset).to.be.at.most(Number(said));
        }
      }),
      { numRuns: 500, seed: 8 },
    );
  });
});
