// A platform for 云快充 piles, and a simulated pile that charges on it: `node dist/ykc-charger/platform.js`. Time runs 600 times as fast.
import {
  BillingModelCheck,
  BillingModelRequest,
  Heartbeat,
  Login,
  listen,
  RealtimeData,
  RemoteStart,
  RemoteStop,
  stopReason,
  TransactionRecord,
} from '@evroam/gbt-adapter/ykc';
import { SimulatedPile, timeFrom } from '@evroam/gbt-adapter/ykc/simulator';

const pileCode = '32010600019236';
const price = { sharpElecPrice: 1.2, peakElecPrice: 1, flatElecPrice: 0.7, valleyElecPrice: 0.3 };
const service = { sharpServicePrice: 0.4, peakServicePrice: 0.4, flatServicePrice: 0.4, valleyServicePrice: 0.4 };
// Valley from midnight, flat from 06:00, peak from 12:00, sharp from 18:00: one number for each half hour.
const model = {
  pileCode,
  modelNo: '0001',
  ...price,
  ...service,
  lossRatio: 0,
  slots48: Array.from({ length: 48 }, (_, i) => 3 - Math.floor(i / 12)),
};

let isStopping = false;
const platform = await listen({ port: 0 }, (line) => {
  line
    .handle(Login, ({ pileCode: who, softwareVersion }) => {
      console.log(`pile ${who} logs in, software ${softwareVersion}`);
      return { pileCode: who, result: who === pileCode ? 0 : 1 };
    })
    .handle(BillingModelCheck, ({ modelNo }) => ({ pileCode, modelNo, result: modelNo === model.modelNo ? 0 : 1 }))
    .handle(BillingModelRequest, () => model)
    .handle(Heartbeat, ({ gunNo }) => ({ pileCode, gunNo, ack: 0 }))
    .handle(RealtimeData, ({ status, plugged, energyKWh, amount, soc }) => {
      if (status === 2 && plugged === 1 && !isStopping) void start();
      if (status === 3) console.log(`charging: ${energyKWh.toFixed(4)} kWh, ${amount.toFixed(4)} CNY, battery ${soc} %`);
      if (energyKWh >= 5 && !isStopping) {
        isStopping = true;
        void line.call(RemoteStop, { pileCode, gunNo: '01' });
      }
    })
    .handle(TransactionRecord, (record) => {
      const { totalEnergy, totalAmount, tradeNo } = record;
      console.log(`bill ${tradeNo}: ${totalEnergy.toFixed(4)} kWh, ${totalAmount.toFixed(4)} CNY, ${stopReason(record.stopReason).reason}`);
      // A record is acknowledged once it is stored: until then the pile sends it again.
      return { tradeNo, result: 0 };
    });

  async function start(): Promise<void> {
    const tradeNo = `${pileCode}012501010800000001`;
    const card = '0'.repeat(16);
    const { result, failReason } = await line.call(RemoteStart, {
      tradeNo,
      pileCode,
      gunNo: '01',
      logicCard: card,
      physicalCard: card,
      balance: 100,
    });
    console.log(result === 1 ? `order ${tradeNo} starts` : `the start failed, reason ${failReason}`);
  }
});

const began = Date.now();
const time = timeFrom({ now: () => new Date(Date.parse('2025-01-01T00:00:00Z') + (Date.now() - began) * 600), rate: 600 });
const pile = new SimulatedPile({ pileCode, port: platform.port, time });
pile.plugIn(1, { vin: 'L1NSPGH98NA000000', capacityKWh: 60, socPct: 20, maxPowerKw: 60 });
pile.once('settled', async () => {
  pile.stop();
  await platform.close();
});
pile.start();
