import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { connect as dial } from 'node:net';
import { fileURLToPath } from 'node:url';
import { GroundLockCommand, RemoteStart, RemoteStop } from '@evroam/gbt-adapter/ykc';
import { expect } from 'chai';
import { PILE, Platform } from './platform.js';

const GUN = { pileCode: PILE, gunNo: '01' };
const START = { ...GUN, tradeNo: `${PILE}012501010801000001`, logicCard: '0'.repeat(16), physicalCard: '0'.repeat(16), balance: 0 };

describe('云快充 over TCP between two processes', () => {
  let platform: Platform;
  let child: ChildProcess | undefined;

  beforeEach(() => {
    platform = new Platform();
  });
  afterEach(async () => {
    if (child?.exitCode === null && child.signalCode === null) {
      child.disconnect();
      await once(child, 'exit');
    }
    child = undefined;
    await platform.close();
  });

  for (const faults of [[], ['halfFrames', 'crcSwapped'], ['coalescedFrames', 'garbageBetween', 'crcWrong']]) {
    it(`a session is charged, shown and billed the same${faults.length > 0 ? `, with ${faults.join(' and ')}` : ''}`, async () => {
      const port = await platform.open();
      const logged = platform.next('line');
      child = fork(fileURLToPath(new URL('./pile.process.js', import.meta.url)), [String(port), ...faults]);
      const [line] = await logged;
      await platform.next('realtime');
      const charging = platform.next('realtime', ({ status, energyKWh }) => status === 3 && energyKWh > 5);
      // A spoilt answer is a time-out here, and the start did happen: the platform sees it in the data.
      line.call(RemoteStart, START).catch((error: { code: string }) => expect(error.code).to.be.oneOf(['Timeout', 'Closed']));
      const [shown] = await charging;
      expect(shown.amount).to.be.greaterThan(5);
      const billed = platform.next('bill');
      line.call(RemoteStop, GUN).catch((error: { code: string }) => expect(error.code).to.be.oneOf(['Timeout', 'Closed']));
      line
        .call(GroundLockCommand, { pileCode: PILE, gunNo: 1, command: 'FF', reserved: '00000000' })
        .catch((error: { code: string }) => expect(error.code).to.be.oneOf(['Timeout', 'Closed']));
      const [bill] = await billed;
      expect(bill.tradeNo).to.equal(START.tradeNo);
      expect(bill.totalEnergy).to.be.at.least(shown.energyKWh);
      const bands = ['sharp', 'peak', 'flat', 'valley'] as const;
      expect(bands.reduce((sum, band) => sum + Math.round(bill[`${band}Energy`] * 1e4), 0)).to.equal(Math.round(bill.totalEnergy * 1e4));
      expect(bands.reduce((sum, band) => sum + Math.round(bill[`${band}Amount`] * 1e4), 0)).to.equal(Math.round(bill.totalAmount * 1e4));
      expect(Math.round((bill.meterEnd - bill.meterStart) * 1e4)).to.equal(Math.round(bill.totalEnergy * 1e4));
    });
  }

  it('a pile that is killed and started again logs in on a line of its own', async () => {
    const port = await platform.open();
    const path = fileURLToPath(new URL('./pile.process.js', import.meta.url));
    const first = platform.next('line');
    child = fork(path, [String(port)]);
    const [line] = await first;
    child.kill('SIGKILL');
    expect((await line.closed).code).to.equal('Closed');
    const second = platform.next('line');
    child = fork(path, [String(port)]);
    await second;
    expect(platform.server.endpoints.size).to.equal(1);
  });

  it('whoever does not speak 云快充 is cut off', async () => {
    const socket = dial(await platform.open(), '127.0.0.1');
    socket.on('error', () => {});
    socket.write('GET / HTTP/1.1\r\n'.repeat(400));
    socket.resume();
    await once(socket, 'close');
    expect(platform.server.endpoints.size).to.equal(0);
  });
});
