import type { RequestOf } from '@evroam/ocpp-core';
import type { JournalEntry, StationOptions } from '@evroam/ocpp-core/station';
import { type ManualClock, manualClock, type SimulatedStation, startStation } from '@evroam/ocpp-core/station';
import * as v16 from '@evroam/ocpp-core/v16';
import type { Connection, OcppServer } from '@evroam/ocpp-core/websocket';
import { serveOcpp, speak } from '@evroam/ocpp-core/websocket';
import { expect } from 'chai';

const noon = new Date('2026-01-15T12:00:00Z');

/** A central system that remembers what it heard, and wakes whoever waits for it. */
class Csms {
  readonly heard: { action: string; request: Record<string, unknown> }[] = [];
  readonly #waiting: (() => void)[] = [];
  connection: Connection<'csms', typeof v16> | undefined;
  server: OcppServer | undefined;
  nextTransactionId = 1;
  verdict: 'Accepted' | 'Blocked' = 'Accepted';

  async open(port = 0): Promise<OcppServer> {
    this.server = await serveOcpp({
      host: '127.0.0.1',
      port,
      authenticate: async ({ password }) => ({ accepted: password?.toString() === 'secret' }),
      versions: [speak(v16, (connection) => this.#answer(connection))],
    });
    return this.server;
  }

  #answer(connection: Connection<'csms', typeof v16>): void {
    this.connection = connection;
    const currentTime = noon.toISOString();
    const note = (action: string, request: object) => {
      this.heard.push({ action, request: { ...request } });
      for (const wake of this.#waiting.splice(0)) wake();
    };
    connection.endpoint
      .handle(v16.BootNotification, async (request) => {
        note('BootNotification', request);
        return { status: 'Accepted', currentTime, interval: 3_600 };
      })
      .handle(v16.Heartbeat, async (request) => {
        note('Heartbeat', request);
        return { currentTime };
      })
      .handle(v16.StatusNotification, async (request) => {
        note('StatusNotification', request);
        return {};
      })
      .handle(v16.Authorize, async (request) => {
        note('Authorize', request);
        return { idTagInfo: { status: this.verdict } };
      })
      .handle(v16.StartTransaction, async (request) => {
        note('StartTransaction', request);
        const transactionId = this.nextTransactionId;
        this.nextTransactionId += 1;
        return { transactionId, idTagInfo: { status: this.verdict } };
      })
      .handle(v16.MeterValues, async (request) => {
        note('MeterValues', request);
        return {};
      })
      .handle(v16.StopTransaction, async (request) => {
        note('StopTransaction', request);
        return {};
      });
  }

  /** Resolves when so many messages of an action were heard, with the last of them. */
  async wait(
    action: string,
    count = 1,
    where: (request: Record<string, unknown>) => boolean = () => true,
  ): Promise<Record<string, unknown>> {
    for (;;) {
      const found = this.heard.filter((heard) => heard.action === action && where(heard.request));
      const last = found[count - 1];
      if (last) return last.request;
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    }
  }
}

describe('a simulated station that speaks OCPP 1.6', () => {
  let csms: Csms;
  let clock: ManualClock;
  let station: SimulatedStation;
  let journal: JournalEntry[];

  const begin = async (options: Partial<StationOptions> = {}) => {
    csms = new Csms();
    clock = manualClock(noon);
    journal = [];
    const server = await csms.open();
    station = startStation({
      version: '1.6',
      url: `ws://127.0.0.1:${server.port}`,
      identity: 'CP|1',
      password: 'secret',
      clock,
      meterIntervalSeconds: 900,
      backOff: { minimumMs: 5, randomMs: 0, doublings: 0 },
      journal: (entry) => journal.push(entry),
      ...options,
    });
    await station.accepted;
  };

  afterEach(async () => {
    await station.stop();
    await csms.server?.close();
  });

  it('boots, reports its connectors and keeps the heartbeat', async () => {
    await begin({ connectors: 2 });
    await csms.wait('StatusNotification', 2);
    expect(csms.heard.map(({ action }) => action)).to.deep.equal(['BootNotification', 'StatusNotification', 'StatusNotification']);
    await clock.advance(3_600_000);
    await csms.wait('Heartbeat');
  });

  it('charges for an hour at 11 kW and bills 11,000 Wh', async () => {
    await begin();
    station.plugIn(1, { powerW: 11_000 });
    const started = await station.startLocal(1, 'TAG');
    expect(started.accepted).to.equal(true);
    await csms.wait('StartTransaction');
    await clock.advance(3_600_000);
    expect(station.stopLocal(1)).to.equal(true);
    await station.drained();
    const stop = await csms.wait('StopTransaction');
    expect(stop).to.deep.equal({
      transactionId: 1,
      idTag: 'TAG',
      meterStop: 11_000,
      timestamp: '2026-01-15T13:00:00.000Z',
      reason: 'Local',
    });
    const values = csms.heard
      .filter(({ action }) => action === 'MeterValues')
      .map(({ request }) => request as unknown as RequestOf<typeof v16.MeterValues>);
    expect(values.map(({ meterValue }) => meterValue[0]?.sampledValue[0]?.value)).to.deep.equal(['2750', '5500', '8250', '11000']);
    const statuses = csms.heard.filter(({ action }) => action === 'StatusNotification').map(({ request }) => request.status);
    expect(statuses).to.include.members(['Preparing', 'Charging', 'Finishing']);
  });

  it('starts and stops at the central system’s word', async () => {
    await begin();
    station.plugIn();
    expect(await csms.connection?.endpoint.call(v16.RemoteStartTransaction, { idTag: 'APP' })).to.deep.equal({ status: 'Accepted' });
    await csms.wait('StartTransaction');
    await station.drained();
    expect(await csms.connection?.endpoint.call(v16.RemoteStopTransaction, { transactionId: 9 })).to.deep.equal({ status: 'Rejected' });
    expect(await csms.connection?.endpoint.call(v16.RemoteStopTransaction, { transactionId: 1 })).to.deep.equal({ status: 'Accepted' });
    expect((await csms.wait('StopTransaction')).reason).to.equal('Remote');
  });

  it('waits for the cable, and gives up a start without one', async () => {
    await begin({ connectionTimeoutSeconds: 60 });
    const starting = station.startLocal(1, 'TAG');
    await csms.wait('Authorize');
    let over = false;
    void starting.then(() => {
      over = true;
    });
    while (!over) {
      await clock.advance(60_000);
      await new Promise((resolve) => setImmediate(resolve));
    }
    expect(await starting).to.deep.equal({ accepted: false, reason: 'noVehicle' });
  });

  it('keeps what happens offline and tells it in order, each message once', async () => {
    await begin();
    station.plugIn(1, { powerW: 3_600 });
    await station.startLocal(1, 'TAG');
    await station.drained();
    station.goOffline();
    await clock.advance(3_600_000);
    station.unplug(1);
    expect(station.queued).to.equal(5);
    station.goOnline();
    await station.drained();
    const told = csms.heard.map(({ action }) => action).filter((action) => /MeterValues|Transaction/.test(action));
    expect(told).to.deep.equal(['StartTransaction', 'MeterValues', 'MeterValues', 'MeterValues', 'MeterValues', 'StopTransaction']);
    expect(await csms.wait('StopTransaction')).to.include({
      meterStop: 3_600,
      reason: 'EVDisconnected',
      timestamp: '2026-01-15T13:00:00.000Z',
    });
    const queued = journal.flatMap((entry) => (entry.kind === 'queued' ? [entry.sequence] : []));
    const acknowledged = journal.flatMap((entry) =>
      entry.kind === 'acknowledged' && entry.sequence !== undefined ? [entry.sequence] : [],
    );
    expect(acknowledged).to.deep.equal(queued);
    expect(csms.heard.filter(({ action }) => action === 'BootNotification')).to.have.length(1);
  });

  it('stops what the central system does not let charge', async () => {
    await begin();
    station.plugIn();
    const started = station.startLocal(1, 'TAG');
    csms.verdict = 'Accepted';
    await started;
    await station.drained();
    station.stopLocal(1);
    csms.verdict = 'Blocked';
    expect(await station.startLocal(1, 'OTHER')).to.deep.equal({ accepted: false, reason: 'refused' });
    expect(await csms.connection?.endpoint.call(v16.RemoteStartTransaction, { idTag: 'OTHER' })).to.deep.equal({ status: 'Accepted' });
    expect((await csms.wait('StopTransaction', 2)).reason).to.equal('DeAuthorized');
  });

  it('ends its transactions before a reset, and boots again', async () => {
    await begin();
    station.plugIn();
    await station.startLocal(1, 'TAG');
    await station.drained();
    expect(await csms.connection?.endpoint.call(v16.Reset, { type: 'Soft' })).to.deep.equal({ status: 'Accepted' });
    await csms.wait('BootNotification', 2);
    expect((await csms.wait('StopTransaction')).reason).to.equal('SoftReset');
  });

  it('takes no more than the vehicle needs', async () => {
    await begin();
    station.plugIn(1, { powerW: 10_000, needMilliWh: 2_000_000 });
    await station.startLocal(1, 'TAG');
    await clock.advance(1_800_000);
    await csms.wait('StatusNotification', 1, ({ status }) => status === 'SuspendedEV');
    expect(station.state(1)).to.include({ milliWh: 2_000_000, powerW: 0 });
  });
});
