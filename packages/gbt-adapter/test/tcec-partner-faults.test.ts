import { once } from 'node:events';
import { notificationStartChargeResult, queryStartCharge, queryStationsInfo, type TcecError } from '@evroam/gbt-adapter/tcec102';
import { overHttp } from '@evroam/gbt-adapter/tcec102/http';
import { listen } from '@evroam/gbt-adapter/tcec102/node';
import { expect } from 'chai';
import { GUN, type PartnerWorld, partnerWorld, seq } from './partner-world.js';

describe('a simulated T/CEC 102 partner on a bad day', () => {
  let world: PartnerWorld;
  afterEach(() => world.down());

  it('has faults of the envelope by name, which the hub refuses alike', async () => {
    world = await partnerWorld();
    const { partner, refused } = world;
    await partner.pushStatus(GUN);
    const failures: string[] = [];
    partner.on('failed', ({ code, ret }) => failures.push(`${code} ${ret}`));
    for (const fault of ['badSignature', 'oldTimeStamp', 'wrongOperator', 'reusedSeq'] as const) {
      partner.faults.clear();
      partner.faults.add(fault);
      await partner.pushStatus(GUN);
    }
    // Who is no partner gets an answer that nobody signed with a key it knows.
    expect(failures).to.deep.equal(['Signature 4001', 'Signature 4001', 'Signature undefined', 'Signature 4001']);
    expect(refused.map((text) => /wrong$|out of the window$|is no partner$|used before$/.exec(text)?.[0])).to.deep.equal([
      'wrong',
      'out of the window',
      'is no partner',
      'used before',
    ]);
  });

  it('has faults of a start, a token and a bill by name', async () => {
    world = await partnerWorld({ faults: ['startUnknown', 'orderTwice', 'wrongMoney'] });
    const { hub, partner, client, time, bills } = world;
    const states: number[] = [];
    hub.handle(notificationStartChargeResult, ({ StartChargeSeq, StartChargeSeqStat }) => {
      states.push(StartChargeSeqStat);
      return { StartChargeSeq, SuccStat: 0, FailReason: 0 };
    });
    await partner.plugIn(GUN);
    await client.call(queryStartCharge, { StartChargeSeq: seq(1), ConnectorID: GUN });
    const began = once(partner, 'started');
    time.advance(3000);
    await began;
    const confirmed = once(partner, 'confirmed');
    time.advance(600_000);
    await partner.unplug(GUN);
    time.advance(5000);
    expect((await confirmed)[1]).to.equal(1);
    expect(states).to.deep.equal([5]);
    expect(bills.map(({ StopReason }) => StopReason)).to.deep.equal([4, 4]);
    expect(Math.round((bills[0]!.TotalMoney - bills[0]!.TotalElecMoney - bills[0]!.TotalSeviceMoney) * 100)).to.equal(1);

    partner.faults.clear();
    partner.faults.add('forgetsTokens');
    const error = await client.call(queryStationsInfo, {}).then(
      () => expect.fail('it succeeded'),
      (failed: TcecError) => failed,
    );
    expect([error.code, error.ret]).to.deep.equal(['Token', 4002]);
    partner.faults.clear();
    partner.faults.add('busy');
    const codes: string[] = [];
    for (let i = 0; i < 3; i += 1)
      codes.push(
        await client.call(queryStationsInfo, {}).then(
          () => 'ok',
          ({ code }: TcecError) => code,
        ),
      );
    expect(codes.sort()).to.deep.equal(['Busy', 'ok', 'ok']);
  });

  it('its listener answers only what is a call', async () => {
    world = await partnerWorld();
    const { partner, closing } = world;
    const at = await listen(partner.receive, { port: 0 });
    closing.push(at.close);
    const status = async (path: string, method = 'POST', body?: string): Promise<number> =>
      (await fetch(`http://127.0.0.1:${at.port}${path}`, { method, ...(body === undefined ? {} : { body }) })).status;
    expect(await status('/evcs/v1/query_token', 'GET')).to.equal(405);
    expect(await status('/elsewhere/query_token')).to.equal(404);
    expect(await status('/evcs/v1/../../etc')).to.equal(404);
    expect(await status('/evcs/v1/query_token', 'POST', '{')).to.equal(200);
    expect(await status('/evcs/v1/query_token', 'POST', 'x'.repeat(17 * 1024 * 1024)).catch(() => 413)).to.equal(413);
    const nobody = overHttp('http://127.0.0.1:9/evcs/v1', { timeoutMs: 2000 });
    expect(
      await nobody({ interface: 'query_token', body: '{}' }).then(
        () => 'answered',
        ({ code }: TcecError) => code,
      ),
    ).to.equal('Transport');
    expect(() => overHttp('ftp://127.0.0.1/')).to.throw();
  });
});
