import { EventEmitter, once } from 'node:events';
import {
  BillingModelCheck,
  type BillingModelReply,
  BillingModelRequest,
  type BodyOf,
  GroundLockStatus,
  Heartbeat,
  Login,
  listen,
  MeteredTransactionRecord,
  RealtimeData,
  type Seen,
  StartRequest,
  TransactionRecord,
  type YkcEndpoint,
  type YkcServer,
} from '@evroam/gbt-adapter/ykc';

export const PILE = '20231212000010';
export const MODEL: BodyOf<typeof BillingModelReply> = {
  pileCode: PILE,
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
  slots48: Array.from({ length: 48 }, (_, i) => 3 - Math.floor(i / 12)),
};

type Bill = BodyOf<typeof TransactionRecord>;
interface Events {
  line: [YkcEndpoint<'platform'>];
  realtime: [BodyOf<typeof RealtimeData>];
  bill: [Bill];
  lock: [BodyOf<typeof GroundLockStatus>];
  heartbeat: [];
}

/** A platform as small as one can be: what a pile's journey needs to meet. */
export class Platform extends EventEmitter<Events> {
  readonly seen: Seen[] = [];
  readonly bills: Bill[] = [];
  readonly allowedCards = new Map<string, string>();
  billResult: number | undefined = 0;
  model = MODEL;
  #server: YkcServer | undefined;
  #orders = 0;

  async open(): Promise<number> {
    this.#server = await listen({ port: 0, watch: (seen) => this.seen.push(seen) }, (line) => this.#welcome(line));
    return this.#server.port;
  }

  async close(): Promise<void> {
    await this.#server?.close();
  }

  get server(): YkcServer {
    if (!this.#server) throw new Error('not open');
    return this.#server;
  }

  /** Waits for an event that a test expects; fails by the runner's time-out. */
  async next<K extends keyof Events>(name: K, accept: (...args: Events[K]) => boolean = () => true): Promise<Events[K]> {
    for (;;) {
      const args = (await once(this, name)) as Events[K];
      if (accept(...args)) return args;
    }
  }

  #welcome(line: YkcEndpoint<'platform'>): void {
    const bill = (record: Bill): { tradeNo: string; result: number } | undefined => {
      this.bills.push(record);
      this.emit('bill', record);
      return this.billResult === undefined ? undefined : { tradeNo: record.tradeNo, result: this.billResult };
    };
    line
      .handle(Login, ({ pileCode }) => {
        setImmediate(() => this.emit('line', line));
        return { pileCode, result: pileCode === PILE ? 0 : 1 };
      })
      .handle(BillingModelCheck, ({ pileCode, modelNo }) => ({ pileCode, modelNo, result: modelNo === this.model.modelNo ? 0 : 1 }))
      .handle(BillingModelRequest, () => this.model)
      .handle(Heartbeat, ({ pileCode, gunNo }) => {
        this.emit('heartbeat');
        return { pileCode, gunNo, ack: 0 };
      })
      .handle(RealtimeData, (data) => void this.emit('realtime', data))
      .handle(GroundLockStatus, (status) => void this.emit('lock', status))
      .handle(StartRequest, ({ pileCode, gunNo, startMode, accountOrCard, vin }) => {
        const card = startMode === 3 ? this.allowedCards.get(vin) : this.allowedCards.get(accountOrCard);
        this.#orders += 1;
        const tradeNo = `${pileCode}${gunNo}250101000000${String(this.#orders).padStart(4, '0')}`;
        const reason = startMode === 3 ? 9 : 1;
        return {
          tradeNo,
          pileCode,
          gunNo,
          logicCard: card ?? '0'.repeat(16),
          balance: 50,
          authOk: card ? 1 : 0,
          failReason: card ? 0 : reason,
        };
      })
      .handle(TransactionRecord, bill)
      .handle(MeteredTransactionRecord, bill);
  }
}
