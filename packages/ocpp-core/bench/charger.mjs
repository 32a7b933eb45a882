// A charger that costs almost nothing: raw TCP, frames built and masked beforehand, replies checked byte by byte.
import { connect } from 'node:net';

const ID_DIGITS = 12;
const MASK = [0x5a, 0xc3, 0x17, 0xe8];
const NOTHING = Buffer.alloc(0);

/** A CALL as a masked frame, with the places of what changes from message to message. */
export function prepareCall(action, payload) {
  const text = `[2,"${'0'.repeat(ID_DIGITS)}","${action}",${JSON.stringify(payload)}]`;
  const places = { id: 4, timestamp: text.indexOf('"timestamp":"') };
  return { frame: masked(Buffer.from(text)), ...places };
}

const headLength = (length) => (length < 126 ? 6 : 8);

function masked(body) {
  const head = headLength(body.length);
  const frame = Buffer.alloc(head + body.length);
  frame[0] = 0x81;
  if (head === 6) frame[1] = 0x80 | body.length;
  else {
    frame[1] = 0x80 | 126;
    frame.writeUInt16BE(body.length, 2);
  }
  frame.set(MASK, head - 4);
  for (let at = 0; at < body.length; at += 1) frame[head + at] = body[at] ^ MASK[at & 3];
  return frame;
}

export class Charger {
  constructor(port, identity, protocol) {
    this.port = port;
    this.identity = identity;
    this.protocol = protocol;
    this.left = NOTHING;
    this.sent = 0;
    this.frames = new Map();
    this.heard = () => {};
    this.lost = () => {};
  }

  connect() {
    return new Promise((resolve, reject) => {
      const socket = connect({ port: this.port, host: '127.0.0.1', noDelay: true });
      this.socket = socket;
      let head = '';
      const shake = (chunk) => {
        head += chunk.toString('latin1');
        if (!head.includes('\r\n\r\n')) return;
        if (!head.startsWith('HTTP/1.1 101')) {
          socket.destroy();
          reject(new Error(head.slice(0, 40)));
          return;
        }
        socket.off('data', shake);
        socket.on('data', (data) => this.#read(data));
        resolve(this);
      };
      socket.on('data', shake);
      socket.on('error', reject);
      socket.on('close', () => {
        reject(new Error('closed'));
        this.lost();
      });
      socket.write(
        [
          `GET /ocpp/${this.identity} HTTP/1.1`,
          `Host: 127.0.0.1:${this.port}`,
          'Upgrade: websocket',
          'Connection: Upgrade',
          'Sec-WebSocket-Version: 13',
          'Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==',
          `Sec-WebSocket-Protocol: ${this.protocol}`,
          '',
          '',
        ].join('\r\n'),
      );
    });
  }

  /** Sends a prepared CALL under the next id; resolves nothing, `heard` is told. */
  send(call) {
    let frame = this.frames.get(call);
    if (!frame) {
      frame = Buffer.from(call.frame);
      this.frames.set(call, frame);
    }
    this.sent += 1;
    const head = headLength(Math.min(frame.length - 6, 126));
    const put = (at, text) => {
      for (let i = 0; i < text.length; i += 1) frame[head + at + i] = text.charCodeAt(i) ^ MASK[(at + i) & 3];
    };
    put(call.id, String(this.sent).padStart(ID_DIGITS, '0'));
    // No two messages are the same to a server that looks.
    if (call.timestamp >= 0) put(call.timestamp + 13, new Date(1_770_000_000_000 + this.sent).toISOString());
    this.socket.write(frame);
  }

  drop() {
    this.lost = () => {};
    this.socket.destroy();
  }

  #read(chunk) {
    const data = this.left.length > 0 ? Buffer.concat([this.left, chunk]) : chunk;
    let at = 0;
    for (;;) {
      if (data.length - at < 2) break;
      const opcode = data[at] & 15;
      let length = data[at + 1] & 127;
      let head = 2;
      if (length === 126) {
        if (data.length - at < 4) break;
        length = data.readUInt16BE(at + 2);
        head = 4;
      }
      if (data.length - at < head + length) break;
      const body = at + head;
      at = body + length;
      if (opcode === 1) this.#reply(data, body, length);
      else if (opcode === 9)
        this.socket.write(Buffer.concat([Buffer.from([0x8a, 0x80 | length]), Buffer.alloc(4), data.subarray(body, at)]));
    }
    this.left = at < data.length ? Buffer.from(data.subarray(at)) : NOTHING;
  }

  /** Only a CALLRESULT to the message that is out is a good reply. A command of the server's is answered. */
  #reply(data, body, length) {
    const kind = data[body + 1];
    if (kind === 0x32) {
      const id = /^\[2,\s*"([^"]+)"/.exec(data.toString('latin1', body, body + Math.min(length, 80)))?.[1];
      this.socket.write(masked(Buffer.from(`[3,"${id}",{"status":"Accepted"}]`)));
      return;
    }
    let place = body + 3;
    while (data[place] === 0x20) place += 1;
    const id = Number(data.toString('latin1', place + 1, place + 1 + ID_DIGITS));
    this.heard(kind === 0x33 && id === this.sent, data, body, length);
  }
}

/** Connects chargers, so many at once. */
export async function connectAll(chargers, atOnce = 200) {
  let next = 0;
  const work = async () => {
    while (next < chargers.length) {
      next += 1;
      await chargers[next - 1].connect();
    }
  };
  await Promise.all(Array.from({ length: Math.min(atOnce, chargers.length) }, work));
}
