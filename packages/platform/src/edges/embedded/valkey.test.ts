import { once } from 'node:events';
import { connect } from 'node:net';
import { expect } from 'chai';
import { type TestRedis, testRedis } from '../testing.js';

describe('the Redis that Bull runs on', () => {
  let redis: TestRedis;
  before(async function () {
    this.timeout(60_000);
    redis = await testRedis();
  });
  after(() => redis.close());
  const key = (name: string) => `${redis.prefix}:${name}`;

  it('wakes a blocked client as soon as there is something', async () => {
    const blocked = redis.connect();
    const popped = blocked.brpoplpush(key('wait'), key('active'), 10);
    await redis.ping();
    const pushed = Date.now();
    await redis.client.lpush(key('wait'), 'x');
    expect(await popped).to.equal('x');
    expect(Date.now() - pushed).to.be.lessThan(1000);
    blocked.disconnect();
  });

  it('lets a blocked client go after its time-out', async () => {
    const blocked = redis.connect();
    expect(await blocked.brpoplpush(key('none'), key('active'), 1)).to.equal(null);
    blocked.disconnect();
  });

  it('answers one command after the other without waiting for a tick', async () => {
    const started = Date.now();
    for (let n = 1; n <= 500; n += 1) expect(await redis.client.incr(key('count'))).to.equal(n);
    expect(Date.now() - started).to.be.lessThan(5000);
  });

  it('carries large values and long pipelines', async () => {
    const large = 'v'.repeat(6 * 1024 * 1024);
    await redis.client.set(key('large'), large);
    expect((await redis.client.get(key('large')))?.length).to.equal(large.length);
    await redis.client.del(key('large'));
    const pipeline = redis.client.pipeline();
    for (let n = 0; n < 5000; n += 1) pipeline.set(key('piped'), n);
    expect(await pipeline.exec()).to.have.length(5000);
    expect(await redis.client.get(key('piped'))).to.equal('4999');
  });

  it('serves many clients, and goes on when they leave in the middle of a command', async () => {
    const clients = Array.from({ length: 100 }, () => redis.connect());
    await Promise.all(clients.map((client) => client.incr(key('clients'))));
    expect(await redis.client.get(key('clients'))).to.equal('100');
    for (const client of clients) client.disconnect();
    const { hostname, port } = new URL(redis.url);
    const rude = connect(Number(port || 6379), hostname);
    await once(rude, 'connect');
    rude.write('*3\r\n$3\r\nSET\r\n$1000000\r\nhalf');
    rude.destroy();
    await redis.ping();
  });

  it('runs scripts, and tells of one that fails', async () => {
    expect(await redis.client.eval('return redis.call("INCRBY", KEYS[1], ARGV[1])', 1, key('script'), 5)).to.equal(5);
    const error = await redis.client.eval('return redis.call("NONE")', 0).catch((caught: Error) => caught);
    expect(error).to.be.instanceOf(Error);
  });

  it('lets nobody in without the password', async function () {
    if (!new URL(redis.url).password) this.skip();
    const { hostname, port } = new URL(redis.url);
    const stranger = connect(Number(port), hostname);
    stranger.write('GET x\r\n');
    const [answer] = (await once(stranger, 'data')) as [Buffer];
    expect(answer.toString()).to.match(/^-NOAUTH/);
    stranger.destroy();
  });
});
