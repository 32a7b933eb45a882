import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  BillingModelCheck,
  type BillingModelReply,
  BillingModelRequest,
  type BodyOf,
  Heartbeat,
  Login,
  listen,
} from '@evroam/gbt-adapter/ykc';
import * as v16 from '@evroam/ocpp-core/v16';
import { type OcppServer, serveOcpp, speak } from '@evroam/ocpp-core/websocket';
import { expect } from 'chai';
import { evroam } from './command.js';
import { Running } from './running.js';

const PASSWORD = 'a-long-password-1';
const MODEL: BodyOf<typeof BillingModelReply> = {
  pileCode: '20231212000010',
  modelNo: '0007',
  sharpElecPrice: 1.2,
  sharpServicePrice: 0.4,
  peakElecPrice: 1,
  peakServicePrice: 0.4,
  flatElecPrice: 0.7,
  flatServicePrice: 0.4,
  valleyElecPrice: 0.3,
  valleyServicePrice: 0.4,
  lossRatio: 0,
  slots48: Array.from({ length: 48 }, () => 3),
};

describe('evroam sim', () => {
  let folder: string;
  const running: Running[] = [];
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'evroam-sim-'));
    await writeFile(join(folder, 'password'), `${PASSWORD}\n`);
  });
  after(() => rm(folder, { recursive: true }));
  afterEach(async () => {
    await Promise.all(running.splice(0).map((each) => each.quit()));
  });
  const run = (...words: string[]): Running => {
    const started = new Running(['sim', ...words, '--ndjson']);
    running.push(started);
    return started;
  };

  describe('of stations', () => {
    let csms: OcppServer;
    let heard: string[];
    beforeEach(async () => {
      heard = [];
      csms = await openCsms(heard);
    });
    afterEach(() => csms.close());

    it('charger runs a script against a central system and ends when it is told', async () => {
      const script = ['accepted', 'plug 1 11000', 'start 1 CARD', 'wait 600', 'stop 1', 'drained', ''].join('\n');
      const { code, out, talk } = await evroam(
        [
          'sim',
          'charger',
          '--url',
          `ws://127.0.0.1:${csms.port}`,
          '--id',
          'SIM-1',
          '--password-file',
          join(folder, 'password'),
          '--rate',
          '600',
          '--ndjson',
        ],
        { input: script },
      );
      expect(code, talk + out).to.equal(0);
      const said = out
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line));
      const ended = said.find(({ what }) => what === 'ended');
      expect(ended.milliWh).to.be.above(1_500_000).and.below(4_000_000);
      expect(heard).to.include.members(['BootNotification', 'StartTransaction', 'MeterValues', 'StopTransaction']);
    });

    it('charger says what it does not understand, and ends with 8', async () => {
      const { code, talk } = await evroam(
        ['sim', 'charger', '--url', `ws://127.0.0.1:${csms.port}`, '--password-file', join(folder, 'password')],
        { input: 'plgu 1\nquit\n' },
      );
      expect(code).to.equal(8);
      expect(talk).to.include('no such order: plgu; did you mean plug?');
    });

    it('fleet connects many, charges each, and counts', async () => {
      const ids = Array.from({ length: 20 }, (_, index) => ({ id: `F-${index + 1}`, password: PASSWORD }));
      await writeFile(join(folder, 'fleet.ndjson'), ids.map((each) => `${JSON.stringify(each)}\n`).join(''));
      const { code, out, talk } = await evroam([
        ...[
          'sim',
          'fleet',
          '--url',
          `ws://127.0.0.1:${csms.port}`,
          '--count',
          '20',
          '--prefix',
          'F-',
          '--passwords',
          join(folder, 'fleet.ndjson'),
        ],
        ...['--minutes', '10', '--rate', '600', '--json'],
      ]);
      expect(code, talk + out).to.equal(0);
      const result = JSON.parse(out);
      expect(result).to.include({ stations: 20, accepted: 20, started: 20, ended: 20, failed: 0 });
      expect(heard.filter((action) => action === 'StopTransaction')).to.have.length(20);
    });
  });

  it('emsp and cpo find each other, charge and settle, as two processes', async () => {
    const cpo = run('cpo', '--party', 'DE-ABC', '--rate', '600');
    const invitation = await cpo.heard('invitation');
    await writeFile(join(folder, 'a.token'), `${String(invitation.token)}\n`);
    const emsp = run(
      'emsp',
      '--party',
      'NL-EVM',
      '--rate',
      '600',
      '--register',
      String(invitation.versionsUrl),
      '--token-file',
      join(folder, 'a.token'),
    );
    emsp.order('pull');
    expect(await emsp.heard('pull')).to.include({ locations: 3, tariffs: 1 });
    emsp.order('start 0 LOC1 LOC1-E1 1');
    expect(await emsp.heard('start')).to.include({ response: 'ACCEPTED', result: 'ACCEPTED' });
    await emsp.heard('sessions.patch');
    emsp.order('sessions');
    const { sessions } = await emsp.heard('sessions');
    const [session] = sessions as { id: string; status: string }[];
    expect(session?.status).to.equal('ACTIVE');
    emsp.order(`stop ${session?.id}`);
    const cdr = await emsp.heard('cdrs.post');
    expect(cdr).to.include({ direction: 'in' });
    expect(await cpo.heard('cdrs.post', ({ direction }) => direction === 'out')).to.include({ id: cdr.id });
    expect(await emsp.quit()).to.equal(0);
    expect(await cpo.quit()).to.equal(0);
  });

  it('hub invites partners', async () => {
    const hub = run('hub');
    const invitation = await hub.heard('invitation');
    await writeFile(join(folder, 'hub.token'), `${String(invitation.token)}\n`);
    const cpo = run('cpo', '--register', String(invitation.versionsUrl), '--token-file', join(folder, 'hub.token'));
    await cpo.heard('registered');
    expect(await cpo.quit()).to.equal(0);
  });

  it('pile logs in to a platform', async () => {
    const logins: string[] = [];
    const platform = await listen({ port: 0 }, (line) => {
      line
        .handle(Login, ({ pileCode }) => {
          logins.push(pileCode);
          return { pileCode, result: 0 };
        })
        .handle(BillingModelCheck, ({ pileCode, modelNo }) => ({ pileCode, modelNo, result: 1 }))
        .handle(BillingModelRequest, () => MODEL)
        .handle(Heartbeat, ({ pileCode, gunNo }) => ({ pileCode, gunNo, ack: 0 }));
    });
    try {
      const pile = run('pile', '--port', String(platform.port), '--code', '20231212000010');
      await pile.heard('online');
      expect(await pile.heard('model')).to.include({ modelNo: '0007' });
      expect(logins).to.deep.equal(['20231212000010']);
      expect(await pile.quit()).to.equal(0);
    } finally {
      await platform.close();
    }
    expect((await evroam(['sim', 'pile', '--fault', 'recordTwise'])).talk).to.include('recordTwice');
  });

  it('tcec meets its like: each is partner and hub of the other', async () => {
    const keys = (operatorId: string, salt: string) => ({
      operatorId,
      operatorSecret: `${salt}-operator`,
      sigSecret: `${salt}-signature`,
      dataSecret: `${salt}-0123456789abcdef`.slice(0, 16),
      dataSecretIV: `${salt}-fedcba9876543210`.slice(0, 16),
    });
    await writeFile(join(folder, 'x.json'), JSON.stringify(keys('AAAAAAAA1', 'x')));
    await writeFile(join(folder, 'y.json'), JSON.stringify(keys('BBBBBBBB2', 'y')));
    const first = run(
      'tcec',
      '--hub',
      'http://127.0.0.1:9/evcs/v1/',
      '--inbound',
      join(folder, 'y.json'),
      '--outbound',
      join(folder, 'x.json'),
      '--rate',
      '60',
    );
    const { port } = await first.heard('listening');
    const second = run(
      'tcec',
      '--hub',
      `http://127.0.0.1:${String(port)}/evcs/v1/`,
      '--inbound',
      join(folder, 'x.json'),
      '--outbound',
      join(folder, 'y.json'),
      '--rate',
      '60',
    );
    await second.heard('listening');
    first.order('guns');
    const { guns } = await first.heard('guns');
    const [gun = ''] = guns as string[];
    first.order(`plug ${gun}`);
    // Nobody listens where the first one believes its hub to be: it says so, and lives.
    expect(await first.heard('failed')).to.include({ code: 'Transport' });
    second.order(`start ${gun}`);
    expect(await second.heard('start')).to.include({ SuccStat: 0 });
    expect(await first.heard('started')).to.include({ connectorId: gun });
    expect(await second.quit()).to.equal(0);
  });
});

async function openCsms(heard: string[]): Promise<OcppServer> {
  const note = (action: string) => {
    heard.push(action);
  };
  const now = () => new Date().toISOString();
  let transactions = 0;
  return serveOcpp({
    host: '127.0.0.1',
    port: 0,
    authenticate: async ({ password }) => ({ accepted: password?.toString() === PASSWORD }),
    versions: [
      speak(v16, ({ endpoint }) => {
        endpoint
          .handle(v16.BootNotification, async () => {
            note('BootNotification');
            return { status: 'Accepted', currentTime: now(), interval: 3600 };
          })
          .handle(v16.Heartbeat, async () => ({ currentTime: now() }))
          .handle(v16.StatusNotification, async () => ({}))
          .handle(v16.Authorize, async () => ({ idTagInfo: { status: 'Accepted' } }))
          .handle(v16.StartTransaction, async () => {
            note('StartTransaction');
            transactions += 1;
            return { transactionId: transactions, idTagInfo: { status: 'Accepted' } };
          })
          .handle(v16.MeterValues, async () => {
            note('MeterValues');
            return {};
          })
          .handle(v16.StopTransaction, async () => {
            note('StopTransaction');
            return {};
          });
      }),
    ],
  });
}
