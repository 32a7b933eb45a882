import { replayInMemory } from '@evroam/ocpp-core';
import { type JournalEntry, startStation, stationClock } from '@evroam/ocpp-core/station';
import * as v16 from '@evroam/ocpp-core/v16';
import * as v21 from '@evroam/ocpp-core/v21';
import * as v201 from '@evroam/ocpp-core/v201';
import { serveOcpp, speak } from '@evroam/ocpp-core/websocket';
import { expect } from 'chai';

const fleet = Number(process.env.EVROAM_FLEET ?? 2_000);
const rate = 120;

describe('a fleet in one process', function () {
  this.timeout(600_000);

  it(`${fleet} stations of three versions charge for an hour, lose the network on the way, and no message`, async () => {
    const begun = Date.now();
    const clock = stationClock({ now: () => new Date(begun + (Date.now() - begun) * rate), rate });
    const currentTime = () => clock.now().toISOString();
    let nextId = 1;
    const ended = new Map<string, number>();
    const limits = { handshakesPerMinuteOfAddress: 1e9, handshakesPerMinuteOfIdentity: 1e9 };
    const replay = replayInMemory(1_000_000);
    const two = (words: typeof v201) =>
      speak<'csms', typeof v201>(
        words,
        ({ endpoint, identity }) => {
          endpoint
            .handle(words.BootNotification, async () => ({ status: 'Accepted', currentTime: currentTime(), interval: 0 }))
            .handle(words.StatusNotification, async () => ({}))
            .handle(words.Authorize, async () => ({ idTokenInfo: { status: 'Accepted' } }))
            .handle(words.TransactionEvent, async ({ eventType, meterValue }) => {
              if (eventType === 'Ended') ended.set(identity, Math.round((meterValue?.[0]?.sampledValue[0]?.value ?? Number.NaN) * 1_000));
              return {};
            });
        },
        { replay },
      );
    const server = await serveOcpp({
      host: '127.0.0.1',
      authenticate: async () => ({ accepted: true }),
      limits,
      versions: [
        two(v21 as unknown as typeof v201),
        two(v201),
        speak<'csms', typeof v16>(
          v16,
          ({ endpoint, identity }) => {
            endpoint
              .handle(v16.BootNotification, async () => ({ status: 'Accepted', currentTime: currentTime(), interval: 0 }))
              .handle(v16.StatusNotification, async () => ({}))
              .handle(v16.Authorize, async () => ({ idTagInfo: { status: 'Accepted' } }))
              .handle(v16.StartTransaction, async () => {
                nextId += 1;
                return { transactionId: nextId, idTagInfo: { status: 'Accepted' } };
              })
              .handle(v16.MeterValues, async () => ({}))
              .handle(v16.StopTransaction, async ({ meterStop }) => {
                ended.set(identity, meterStop * 1_000);
                return {};
              });
          },
          { replay },
        ),
      ],
    });
    const queued = new Set<string>();
    const acknowledged = new Map<string, number>();
    const journal = (entry: JournalEntry) => {
      if (entry.kind === 'queued') queued.add(`${entry.identity} ${entry.sequence}`);
      if (entry.kind === 'acknowledged' && entry.sequence !== undefined) {
        const name = `${entry.identity} ${entry.sequence}`;
        acknowledged.set(name, (acknowledged.get(name) ?? 0) + 1);
      }
    };
    const registers = new Map<string, number>();
    await Promise.all(
      Array.from({ length: fleet }, async (_, at) => {
        const identity = `CP${at}`;
        const station = startStation({
          version: (['1.6', '2.0.1', '2.1'] as const)[at % 3] ?? '1.6',
          url: `ws://127.0.0.1:${server.port}`,
          identity,
          clock,
          seed: at,
          meterIntervalSeconds: 900,
          backOff: { minimumMs: 200, randomMs: 800, doublings: 3 },
          callTimeoutMs: 60_000,
          journal,
        });
        await station.accepted;
        station.plugIn(1, { powerW: 3_600 + at });
        const started = await station.startLocal(1, `TAG${at}`);
        expect(started.accepted).to.equal(true);
        await clock.delay(1_200_000);
        station.goOffline();
        await clock.delay(1_200_000);
        station.goOnline();
        await clock.delay(1_200_000);
        station.stopLocal(1);
        registers.set(identity, station.state(1).milliWh);
        await station.drained();
        await station.stop();
      }),
    );
    await server.close();
    expect(acknowledged.size).to.equal(queued.size);
    expect([...acknowledged.values()].every((times) => times === 1)).to.equal(true);
    expect(ended.size).to.equal(fleet);
    for (const [identity, milliWh] of registers) {
      const told = ended.get(identity) ?? Number.NaN;
      // A stop of 1.6 tells whole Wh.
      expect(milliWh - told, identity).to.be.within(0, 999);
    }
    console.log(`${fleet} stations, ${queued.size} transaction messages, all acknowledged once`);
  });
});
