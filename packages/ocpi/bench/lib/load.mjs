// One closed-loop HTTP load over keep-alive raw sockets: so cheap that the server stays the bottleneck. Runs as a process of its own.
// A reply counts when its status is 2xx and its body holds `expect`.
import net from 'node:net';

const { url, method, headers, body, connections, warmupMs, timeMs, expect } = JSON.parse(process.argv[2]);
const target = new URL(url);
const sent = Buffer.from(body ?? '', 'utf8');
const head = Object.entries(headers)
  .map(([name, value]) => `${name}: ${value}\r\n`)
  .join('');
const length = method === 'GET' ? '' : `Content-Type: application/json\r\nContent-Length: ${sent.length}\r\n`;
const request = Buffer.concat([
  Buffer.from(`${method} ${target.pathname}${target.search} HTTP/1.1\r\nHost: ${target.host}\r\n${head}${length}\r\n`),
  method === 'GET' ? Buffer.alloc(0) : sent,
]);
const wanted = Buffer.from(expect);
const END = Buffer.from('\r\n\r\n');
const LAST_CHUNK = Buffer.from('0\r\n\r\n');
let good = 0;
let bad = 0;
let stopping = false;
const latencies = [];
let measuring = false;

function open() {
  let left = Buffer.alloc(0);
  let started = 0;
  const socket = net.connect({ port: Number(target.port), host: target.hostname, noDelay: true });
  const fire = () => {
    started = performance.now();
    socket.write(request);
  };
  socket.on('connect', fire);
  socket.on('error', () => {
    bad += 1;
  });
  socket.on('data', (chunk) => {
    left = left.length > 0 ? Buffer.concat([left, chunk]) : chunk;
    const end = left.indexOf(END);
    if (end < 0) return;
    const headText = left.toString('latin1', 0, end);
    const sized = /\r\ncontent-length: (\d+)/i.exec(headText);
    const bodyAt = end + 4;
    const stop = sized
      ? bodyAt + Number(sized[1])
      : left.indexOf(LAST_CHUNK, bodyAt) < 0
        ? Number.POSITIVE_INFINITY
        : left.indexOf(LAST_CHUNK, bodyAt) + LAST_CHUNK.length;
    if (left.length < stop) return;
    if (headText[9] === '2' && left.subarray(bodyAt, stop).includes(wanted)) good += 1;
    else bad += 1;
    if (measuring) latencies.push(performance.now() - started);
    left = left.subarray(stop);
    if (!stopping) fire();
  });
}
for (let count = 0; count < connections; count += 1) open();
const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
await pause(warmupMs);
const before = good;
measuring = true;
process.send('measure');
const from = performance.now();
await pause(timeMs);
const seconds = (performance.now() - from) / 1000;
stopping = true;
latencies.sort((a, b) => a - b);
process.send({
  perSecond: (good - before) / seconds,
  count: good - before,
  bad,
  p50Ms: latencies[Math.floor(latencies.length / 2)],
  p99Ms: latencies[Math.floor(latencies.length * 0.99)],
});
process.disconnect();
setTimeout(() => process.exit(0), 50);
