// A closed loop over keep-alive sockets in which every request is another: `{n}` in path and body becomes a number of ten digits, so that
// the length stays. It ends after `timeMs`, or once `count` were answered.
import net from 'node:net';

const { url, method, headers, body, connections, warmupMs, timeMs, count: wanted, expect, first } = JSON.parse(process.argv[2]);
const target = new URL(url);
const digits = (n) => String(n).padStart(10, '0');
const sample = body?.replaceAll('{n}', digits(0)) ?? '';
const head = `${method} ${decodeURI(target.pathname)}${target.search} HTTP/1.1\r\nHost: ${target.host}\r\n${Object.entries(headers)
  .map(([name, value]) => `${name}: ${value}\r\n`)
  .join('')}${method === 'GET' ? '' : `Content-Type: application/json\r\nContent-Length: ${Buffer.byteLength(sample)}\r\n`}\r\n`;
// What is written is ASCII: a generator that is busy itself measures nothing.
const pieces = (method === 'GET' ? head : head + body).split('{n}');
let next = first;
let good = 0;
let bad = 0;
let fault;
let measuring = false;
let stopping = false;
const latencies = [];
let allAnswered;
const answered = new Promise((resolve) => {
  allAnswered = resolve;
});

for (let count = 0; count < connections; count += 1) {
  const socket = net.connect({ port: Number(target.port), host: target.hostname, noDelay: true });
  let left = '';
  let started = 0;
  const fire = () => {
    if (next - first === wanted) return;
    next += 1;
    left = '';
    started = performance.now();
    socket.write(pieces.join(digits(next)), 'latin1');
  };
  socket.on('connect', fire);
  socket.on('error', (error) => {
    bad += 1;
    fault ??= error.message;
  });
  socket.on('data', (chunk) => {
    left += chunk.toString('latin1');
    const end = left.indexOf('\r\n\r\n');
    if (end < 0) return;
    const sized = /\r\ncontent-length: (\d+)/i.exec(left.slice(0, end));
    const stop = sized ? end + 4 + Number(sized[1]) : left.endsWith('0\r\n\r\n') ? left.length : Number.POSITIVE_INFINITY;
    if (left.length < stop) return;
    if (left[9] === '2' && left.includes(expect)) good += 1;
    else {
      bad += 1;
      fault ??= left.slice(0, 600);
    }
    if (measuring) latencies.push(performance.now() - started);
    if (good + bad === wanted) allAnswered();
    if (!stopping) fire();
  });
}
const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
if (wanted === undefined) await pause(warmupMs);
const before = wanted === undefined ? good : 0;
process.send('measure');
measuring = true;
const from = performance.now();
await (wanted === undefined ? pause(timeMs) : answered);
stopping = true;
latencies.sort((a, b) => a - b);
const count = good - before;
process.send({
  count,
  bad,
  fault,
  perSecond: (count * 1000) / (performance.now() - from),
  p50Ms: latencies[latencies.length >> 1] ?? 0,
  last: next,
});
process.exit(0);
