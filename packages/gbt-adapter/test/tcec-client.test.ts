import {
  connect,
  memorySequence,
  memoryTokens,
  notificationStationStatus,
  page,
  queryStartCharge,
  queryStationStatus,
  queryStationsInfo,
  type RequestOf,
  sealResponse,
  type TcecClient,
} from '@evroam/gbt-adapter/tcec102';
import { expect } from 'chai';
import { ends, failure, KEYS, NOW, SEQ, START, started } from './tcec-ends.js';

describe('a T/CEC 102 client', () => {
  it('gets a token once, and again when it is over or the partner forgot it', async () => {
    let now = NOW;
    let forgets = false;
    const real = memoryTokens({ seconds: 600 });
    let issued = 0;
    const tokens = {
      issue: (id: string, at: Date) => {
        issued += 1;
        forgets = false;
        return real.issue(id, at);
      },
      isValid: (id: string, token: string, at: Date) => !forgets && real.isValid(id, token, at),
    };
    const { server } = ends({ tokens, now: () => now });
    server.handle(queryStartCharge, started);
    const client = connect({ keys: KEYS, to: server.receive, now: () => now });
    await Promise.all([client.call(queryStartCharge, START), client.call(queryStartCharge, START)]);
    await client.call(queryStartCharge, START);
    expect(issued).to.equal(1);
    now = new Date(NOW.getTime() + 541_000);
    await client.call(queryStartCharge, START);
    expect(issued).to.equal(2);
    forgets = true;
    await client.call(queryStartCharge, START);
    expect(issued).to.equal(3);
  });

  it('does not send what the 2016 text does not have', async () => {
    const { client } = ends();
    const status: RequestOf<typeof notificationStationStatus> = { ConnectorStatusInfo: { ConnectorID: '1', Status: 7 } };
    for (const call of [
      client.call(notificationStationStatus, status),
      client.call(queryStartCharge, { ...START, StartChargeSeq: 'short' }),
      client.call(queryStartCharge, { ...START, QrCode: 'x' } as typeof START),
      client.call(queryStationStatus, { StationIDs: Array(51).fill('1') }),
    ]) {
      expect((await failure(call)).code).to.be.oneOf(['Parameters', 'Token']);
    }
  });

  it('takes no answer that is wrongly signed, about something else, or none at all', async () => {
    const { server } = ends({ tokens: { issue: () => ({ token: 't', seconds: 60 }), isValid: () => true } });
    server.handle(queryStartCharge, started);
    const sequence = memorySequence();
    const through = (change: (body: string) => { status: number; body: string }): TcecClient =>
      connect({
        keys: KEYS,
        sequence,
        now: () => NOW,
        to: async (request) =>
          request.interface === 'query_token' ? server.receive(request) : change((await server.receive(request)).body),
      });
    const code = async (change: (body: string) => { status: number; body: string }) =>
      (await failure(through(change).call(queryStartCharge, START))).code;
    const answer = (data: object, ret = 0) => ({
      status: 200,
      body: JSON.stringify(sealResponse(KEYS, ret, '', ret === 0 ? JSON.stringify(data) : '')),
    });
    expect(await code((body) => ({ status: 200, body: body.replace(/"Sig":".{4}/, '"Sig":"0000') }))).to.equal('Signature');
    expect(await code(() => answer({ ...started(START), StartChargeSeq: `${SEQ.slice(0, -1)}9` }))).to.equal('Response');
    expect(await code(() => answer({ SuccStat: 0 }))).to.equal('Response');
    expect(await code(() => ({ status: 502, body: '' }))).to.equal('Transport');
    expect(await code(() => ({ status: 200, body: '<html>' }))).to.equal('Response');
    expect(await code(() => ({ status: 200, body: '{"Data":""}' }))).to.equal('Response');
    expect(await code(() => answer({}, -1))).to.equal('Busy');
    expect(await code(() => ({ status: 200, body: '{"Ret":4004,"Msg":"no","Data":null}' }))).to.equal('Parameters');
    expect(await code(() => ({ status: 200, body: '{"Ret":"0","Msg":"","Data":null}' }))).to.equal('Signature');
    expect(await code(() => answer({}, 77))).to.equal('System');
  });

  it('reads a network page by page, and not for ever', async () => {
    const { server, client } = ends();
    const stations = Array.from({ length: 23 }, (_, i) => ({ ...STATION, StationID: String(i) }));
    server.handle(queryStationsInfo, (request) => page(stations, request));
    const ids: string[] = [];
    for await (const { StationID } of client.stations({ pageSize: 10 })) ids.push(StationID);
    expect(ids).to.deep.equal(stations.map(({ StationID }) => StationID));
    expect(await client.call(queryStationsInfo, {})).to.include({ PageNo: 1, PageCount: 3, ItemSize: 23 });
    expect((await failure(client.call(queryStationsInfo, { PageSize: 5000 }))).code).to.equal('Parameters');
    server.handle(queryStationsInfo, () => ({ PageNo: 1, PageCount: 9999, ItemSize: 1, StationInfos: [] }));
    const endless = async () => {
      for await (const _ of client.stations()) expect.fail('there is none');
    };
    expect((await failure(endless())).code).to.equal('Response');
  });

  it('counts its sequence within a second, and never uses one twice', async () => {
    const next = memorySequence();
    const first = await next(NOW);
    expect(first).to.deep.equal({ timeStamp: '20261009120000', seq: '0001' });
    expect((await next(new Date(NOW.getTime() - 5000))).seq).to.equal('0002');
    const all = new Set<string>();
    for (let i = 0; i < 12_000; i += 1) {
      const { timeStamp, seq } = await next(NOW);
      if (seq.length !== 4) expect.fail(seq);
      all.add(timeStamp + seq);
    }
    expect(all.size).to.equal(12_000);
    expect((await next(new Date(NOW.getTime() + 60_000))).seq).to.equal('0001');
  });
});

const STATION = {
  StationID: '1',
  OperatorID: '123456789',
  EquipmentOwnerID: '123456789',
  StationName: '示例',
  CountryCode: 'CN',
  AreaCode: '320106',
  Address: '示例路1号',
  ServiceTel: '4000000000',
  StationType: 1,
  StationStatus: 50,
  ParkNums: 2,
  StationLng: 118.796877,
  StationLat: 32.060255,
  Construction: 4,
  EquipmentInfos: [],
};
