import { Duplex } from 'node:stream';
import { expect } from 'chai';
import { FrameSocket } from './frame-socket.js';

describe('the socket of a station', () => {
  it('writes what was said in a turn at its end, and what is urgent at once, in order', async () => {
    const written: string[] = [];
    const stream = new Duplex({
      read: () => undefined,
      write: (chunk: Buffer, _encoding, done) => {
        written.push(chunk.toString('latin1').replace(/[^a-z]/g, ' '));
        done();
      },
    });
    const socket = new FrameSocket(stream, 1_000);
    socket.send('a');
    expect(written).to.deep.equal([]);
    socket.send('b', true);
    socket.send('c');
    expect(written).to.deep.equal(['  a  b']);
    await new Promise((resolve) => setImmediate(resolve));
    expect(written).to.deep.equal(['  a  b', '  c']);
    stream.destroy();
  });
});
