import { Readable } from 'node:stream';
import { expect } from 'chai';
import fc from 'fast-check';
import { linesOf } from './lines.js';

async function read(chunks: readonly Uint8Array[], max?: number) {
  const lines = [];
  for await (const line of linesOf(Readable.from(chunks), max)) lines.push(line);
  return lines;
}

describe('lines of a stream', () => {
  it('are the same however the bytes are cut', async () => {
    const bytes = Buffer.from('{"a":1}\n\n充电\r\nlast');
    const expected = [
      { number: 1, text: '{"a":1}' },
      { number: 3, text: '充电' },
      { number: 4, text: 'last' },
    ];
    await fc.assert(
      fc.asyncProperty(fc.uniqueArray(fc.integer({ min: 1, max: bytes.length - 1 })), async (cuts) => {
        const borders = [0, ...cuts.sort((a, b) => a - b), bytes.length];
        const chunks = borders.slice(1).map((end, index) => bytes.subarray(borders[index], end));
        expect(await read(chunks)).to.deep.equal(expected);
      }),
      { seed: 2, numRuns: 50 },
    );
  });

  it('refuse one that is too long and go on with the next', async () => {
    expect(await read([Buffer.from(`${'x'.repeat(20)}`), Buffer.from(`${'x'.repeat(20)}\nok\n`)], 30)).to.deep.equal([
      { number: 1, fault: 'too long' },
      { number: 2, text: 'ok' },
    ]);
  });

  it('refuse bytes that are not UTF-8', async () => {
    expect(await read([Buffer.from([0xff, 0xfe, 10])])).to.deep.equal([{ number: 1, fault: 'not UTF-8' }]);
  });
});
