import { createHash } from 'node:crypto';
import {
  connect,
  type Keys,
  memoryGuard,
  memoryTokens,
  queryStartCharge,
  queryStationStatus,
  queryStationsInfo,
  queryToken,
  type ResponseOf,
  sealRequest,
  sign,
} from '@evroam/gbt-adapter/tcec102';
import { expect } from 'chai';
import { ends, failure, KEYS, NOW, post, START, stamp } from './tcec-ends.js';

describe('a T/CEC 102 server', () => {
  it('refuses a bad signature, an unknown operator, an old time stamp and a repeated sequence alike, and decrypts none of them', async () => {
    const { server, refused } = ends();
    const spoilt = 'this is no ciphertext at all';
    const seal = (keys: Keys, at: { timeStamp: string; seq: string }, Data = spoilt) => ({
      OperatorID: keys.operatorId,
      Data,
      TimeStamp: at.timeStamp,
      Seq: at.seq,
      Sig: sign(keys, keys.operatorId, Data, at.timeStamp, at.seq),
    });
    const good = seal(KEYS, stamp('0001'));
    const answers = [
      await post(server.receive, { ...good, Sig: `${good.Sig.slice(1)}0` }),
      await post(server.receive, {
        ...good,
        Sig: createHash('md5').update(`${good.OperatorID}${good.Data}${good.TimeStamp}${good.Seq}`).digest('hex').toUpperCase(),
      }),
      await post(server.receive, seal({ ...KEYS, operatorId: '000000000' }, stamp('0001'))),
      await post(server.receive, seal(KEYS, stamp('0002', new Date(NOW.getTime() - 601_000)))),
      await post(server.receive, seal(KEYS, stamp('0002', new Date(NOW.getTime() + 601_000)))),
      await post(server.receive, seal(KEYS, { timeStamp: '20261399000000', seq: '0002' })),
    ];
    await post(server.receive, good);
    answers.push(await post(server.receive, good));
    for (const { Ret, Msg, Data, Sig } of answers) {
      expect([Ret, Msg, Data]).to.deep.equal([4001, '签名错误', '']);
      expect(Sig).to.match(/^[0-9A-F]{32}$/);
    }
    expect(refused.map((text) => text.replace(/\d{6,}/g, '#'))).to.deep.equal([
      'Signature: the signature of # is wrong',
      'Signature: the signature of # is wrong',
      'Signature: # is no partner',
      'Signature: the time stamp # is out of the window',
      'Signature: the time stamp # is out of the window',
      'Signature: the time stamp # is out of the window',
      'Token: the token is missing, over or not theirs',
      'Signature: # 0001 was used before',
    ]);
  });

  it('answers 4003 for a missing part, 4002 without a token, 4004 for what does not fit, 500 for its own fault', async () => {
    const { server, faults } = ends();
    expect((await post(server.receive, 'no JSON')).Ret).to.equal(4003);
    for (const missing of ['OperatorID', 'Data', 'TimeStamp', 'Seq', 'Sig']) {
      const { [missing]: _, ...rest } = { ...sealRequest(KEYS, '{}', stamp('0001')) } as Record<string, unknown>;
      expect((await post(server.receive, rest)).Ret).to.equal(4003);
    }
    const { token } = await memoryTokens().issue(KEYS.operatorId, NOW);
    expect((await post(server.receive, sealRequest(KEYS, '{}', stamp('0002')), { token })).Ret).to.equal(4002);
    const tokens = { issue: () => ({ token: 't', seconds: 60 }), isValid: () => true };
    const open = ends({ tokens });
    open.server.handle(queryStartCharge, () => {
      throw new Error('the database is away');
    });
    open.server.handle(queryStationStatus, () => ({ Total: 1, StationStatusInfos: [], Extra: 1 }) as ResponseOf<typeof queryStationStatus>);
    const ask = async (name: string, data: string, seq: string, keys = KEYS) =>
      (await post(open.server.receive, sealRequest(keys, data, stamp(seq)), { name, token: 't' })).Ret;
    expect(await ask('query_start_charge', JSON.stringify(START), '0001')).to.equal(500);
    expect(await ask('query_start_charge', '{"StartChargeSeq":5}', '0002')).to.equal(4004);
    expect(await ask('query_start_charge', 'no JSON', '0003')).to.equal(4004);
    expect(await ask('query_start_charge', '{}', '0004', { ...KEYS, dataSecret: 'another secret!!' })).to.equal(4004);
    expect(await ask('query_nothing', '{}', '0005')).to.equal(4004);
    expect(await ask('query_station_status', '{"StationIDs":["1"]}', '0006')).to.equal(500);
    expect(await ask('query_station_status', JSON.stringify({ StationIDs: Array(51).fill('1') }), '0007')).to.equal(4004);
    expect(open.faults).to.have.length(2);
    expect(faults).to.deep.equal([]);
  });

  it('tells a wrong operator secret by its reason, and only to who signed', async () => {
    const { server } = ends();
    const wrong = connect({ keys: { ...KEYS, operatorSecret: 'guess' }, to: server.receive, now: () => NOW });
    expect(await wrong.call(queryToken, { OperatorID: KEYS.operatorId, OperatorSecret: 'guess' })).to.include({
      SuccStat: 1,
      FailReason: 2,
      AccessToken: '',
    });
    expect(await wrong.call(queryToken, { OperatorID: '000000000', OperatorSecret: 'guess' })).to.include({ SuccStat: 1, FailReason: 1 });
    expect((await failure(wrong.call(queryStationsInfo, {}))).message).to.include('reason 2');
  });

  it('forgets sequences after the window, and refuses rather than forgets when it is full', async () => {
    const guard = memoryGuard({ most: 2 });
    const later = new Date(NOW.getTime() + 1_200_001);
    expect([
      await guard.isFirst('a', 's', '1', NOW),
      await guard.isFirst('a', 's', '1', NOW),
      await guard.isFirst('b', 's', '1', NOW),
      await guard.isFirst('c', 's', '1', NOW),
    ]).to.deep.equal([true, false, true, false]);
    expect(await guard.isFirst('c', 's', '1', later)).to.equal(true);
  });

  it('takes a token back after its time, and knows the newest few of a partner', async () => {
    const tokens = memoryTokens({ seconds: 60 });
    const given = await Promise.all([1, 2, 3, 4, 5].map(() => tokens.issue('987654321', NOW)));
    const valid = (at: Date, who = '987654321') => Promise.all(given.map(({ token }) => tokens.isValid(who, token, at)));
    expect(await valid(NOW)).to.deep.equal([false, true, true, true, true]);
    expect(await valid(NOW, '000000000')).to.deep.equal(Array(5).fill(false));
    expect(await valid(new Date(NOW.getTime() + 60_000))).to.deep.equal(Array(5).fill(false));
  });
});
