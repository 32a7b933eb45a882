import type { YkcEndpoint } from '../endpoint.js';
import { YkcError } from '../errors.js';
import { BillingModelCheck, BillingModelRequest, Heartbeat, Login } from '../registration.js';
import { connect } from '../tcp.js';
import { faulty } from './faults.js';
import { gunText } from './gun.js';
import type { SimulatedPile } from './pile.js';

const MISSED = 3;
const VERSION_X10 = { '1.5': 15, '1.6': 16, '1.7': 17 } as const;

/** The pile's line: up, cut, and up again. */
export class PileLine {
  readonly #pile: SimulatedPile;
  readonly #obey: (line: YkcEndpoint<'pile'>) => void;
  #line: YkcEndpoint<'pile'> | undefined;
  #isStopped = true;
  #isTrying = false;
  #missed = 0;
  /** Keeps the process alive while the pile is on, also between two lines. */
  #alive: NodeJS.Timeout | undefined;

  constructor(pile: SimulatedPile, obey: (line: YkcEndpoint<'pile'>) => void) {
    this.#pile = pile;
    this.#obey = obey;
  }

  /** The line while the pile is logged in. */
  get line(): YkcEndpoint<'pile'> | undefined {
    return this.#line?.isOpen ? this.#line : undefined;
  }

  get isStopped(): boolean {
    return this.#isStopped;
  }

  start(): void {
    if (!this.#isStopped) return;
    this.#isStopped = false;
    this.#alive = setInterval(() => {}, 60_000);
    void this.#up();
  }

  stop(): void {
    this.#isStopped = true;
    clearInterval(this.#alive);
    this.#line?.close();
  }

  cut(): void {
    this.#line?.close();
  }

  async #up(): Promise<void> {
    if (this.#isTrying || this.#isStopped || this.line) return;
    this.#isTrying = true;
    const pile = this.#pile;
    let line: YkcEndpoint<'pile'> | undefined;
    try {
      const { port, host = '127.0.0.1', line: options = {} } = pile.options;
      line = await connect({ ...options, port, host, through: (raw) => faulty(raw, pile.faults, pile.random) });
      void line.closed.then((reason) => this.#down(reason));
      this.#obey(line);
      await this.#login(line);
    } catch (error) {
      if (!(error instanceof YkcError)) throw error;
      // Closing it tries again; where there was no line yet, nothing else would.
      if (line?.isOpen) line.close(error);
      else this.#later();
    } finally {
      this.#isTrying = false;
    }
  }

  async #login(line: YkcEndpoint<'pile'>): Promise<void> {
    const pile = this.#pile;
    const { result } = await line.call(Login, {
      pileCode: pile.pileCode,
      pileType: pile.isDc ? 0 : 1,
      gunCount: pile.guns.length,
      protocolVersionX10: VERSION_X10[pile.options.version ?? '1.6'],
      softwareVersion: 'sim 1.0',
      network: 0,
      sim: pile.options.iccid ?? '0'.repeat(20),
      carrier: 4,
    });
    if (result !== 0) {
      line.close(new YkcError('NotLoggedIn', 'the platform refused the login'));
      return;
    }
    this.#line = line;
    this.#missed = 0;
    await pile.records.replay(line);
    await this.#fetchModel(line);
    pile.emit('online');
    pile.tellAll();
    for (const { number } of pile.guns) this.#beat(line, number);
  }

  async #fetchModel(line: YkcEndpoint<'pile'>): Promise<void> {
    const pile = this.#pile;
    const check = await line.call(BillingModelCheck, { pileCode: pile.pileCode, modelNo: pile.modelNo });
    if (check.result === 0 && pile.modelNo !== '0000') return;
    pile.setModel(await line.call(BillingModelRequest, { pileCode: pile.pileCode }));
  }

  #beat(line: YkcEndpoint<'pile'>, number: number): void {
    const pile = this.#pile;
    if (!line.isOpen || this.#isStopped) return;
    const gun = pile.guns.find((one) => one.number === number);
    if (!pile.faults.has('silentHeartbeat')) {
      line.call(Heartbeat, { pileCode: pile.pileCode, gunNo: gunText(number), gunStatus: gun?.hasFault ? 1 : 0 }).then(
        () => {
          this.#missed = 0;
        },
        () => {
          this.#missed += 1;
          if (this.#missed >= MISSED) line.close(new YkcError('Timeout', `${MISSED} heartbeats went unanswered`));
        },
      );
    }
    pile.time.after(pile.pace.heartbeatMs, () => this.#beat(line, number));
  }

  #down(reason: YkcError): void {
    this.#line = undefined;
    this.#pile.emit('offline', reason);
    this.#later();
  }

  #later(): void {
    if (!this.#isStopped) this.#pile.time.after(this.#pile.pace.retryMs, () => void this.#up());
  }
}
