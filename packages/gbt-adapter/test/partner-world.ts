import {
  checkChargeOrders,
  connect,
  type Keys,
  notificationChargeOrderInfo,
  notificationEquipChargeStatus,
  notificationStartChargeResult,
  notificationStationStatus,
  notificationStopChargeResult,
  STANDARD,
  serve,
  type TcecClient,
  type TcecServer,
} from '@evroam/gbt-adapter/tcec102';
import { overHttp } from '@evroam/gbt-adapter/tcec102/http';
import { listen } from '@evroam/gbt-adapter/tcec102/node';
import { addsUp, type Bill, compareOrders, ManualTime, type PartnerOptions, SimulatedPartner } from '@evroam/gbt-adapter/tcec102/simulator';
import { Agent } from 'undici';

const HUB = 'HUB000001';
const PARTNER = 'PTN000001';
const keysOf = (operatorId: string, salt: string): Keys => ({
  operatorId,
  operatorSecret: `${salt} operator`,
  dataSecret: `${salt}-data-secret!!`.padEnd(16, '0').slice(0, 16),
  dataSecretIV: `${salt}-vector-iv!!!`.padEnd(16, '0').slice(0, 16),
  sigSecret: `${salt} signature`,
});
const TO_PARTNER = keysOf(HUB, 'toward');
const TO_HUB = keysOf(PARTNER, 'inward');
export const GUN = `${PARTNER}000111`;
export const seq = (n: number): string => `${HUB}20261009${String(n).padStart(10, '0')}`;

/** A hub and a partner, each a server on a port of its own; the hub remembers nothing but what a test looks at. Time is moved by the test. */
export interface PartnerWorld {
  readonly hub: TcecServer;
  readonly partner: SimulatedPartner;
  /** The hub's way to the partner. */
  readonly client: TcecClient;
  readonly time: ManualTime;
  /** Bills that the hub heard. */
  readonly bills: Bill[];
  /** Why the hub refused calls. */
  readonly refused: string[];
  /** What is to be closed at the end. */
  readonly closing: (() => Promise<unknown>)[];
  down(): Promise<void>;
}

export async function partnerWorld(options: Partial<PartnerOptions> = {}): Promise<PartnerWorld> {
  const { dialect = STANDARD } = options;
  const time = new ManualTime(new Date('2026-10-09T01:00:00Z'));
  const now = (): Date => time.now();
  const refused: string[] = [];
  const bills: Bill[] = [];
  const hub = serve({
    operatorId: HUB,
    now,
    partnerOf: (id) => (id === PARTNER ? { keys: TO_HUB, dialect } : undefined),
    refused: ({ error, interface: name }) => void refused.push(`${name} ${error.message.replace(/\d{6,}/g, '#')}`),
  });
  for (const definition of [notificationStartChargeResult, notificationStopChargeResult] as const)
    hub.handle(definition, ({ StartChargeSeq }) => ({ StartChargeSeq, SuccStat: 0, FailReason: 0 }));
  hub
    .handle(notificationStationStatus, () => ({ Status: 0 }))
    .handle(notificationEquipChargeStatus, ({ StartChargeSeq }) => ({ StartChargeSeq, SuccStat: 0 }))
    .handle(notificationChargeOrderInfo, (bill) => {
      bills.push(bill);
      return { StartChargeSeq: bill.StartChargeSeq, ConnectorID: bill.ConnectorID, ConfirmResult: addsUp(bill) ? 0 : 1 };
    })
    .handle(checkChargeOrders, (request) => compareOrders.answer(request, bills));
  const dispatcher = new Agent();
  const hubAt = await listen(hub.receive, { port: 0 });
  const partner = new SimulatedPartner({
    operatorId: PARTNER,
    inbound: TO_PARTNER,
    outbound: TO_HUB,
    time,
    to: overHttp(`http://127.0.0.1:${hubAt.port}/evcs/v20161110`, { dispatcher }),
    ...options,
  });
  const partnerAt = await listen(partner.receive, { port: 0 });
  const client = connect({
    keys: TO_PARTNER,
    now,
    dialect,
    to: overHttp(`http://127.0.0.1:${partnerAt.port}/evcs/v20161110/`, { dispatcher }),
  });
  const closing: (() => Promise<unknown>)[] = [hubAt.close, partnerAt.close, () => dispatcher.close()];
  const down = async (): Promise<void> => {
    partner.stop();
    await Promise.all(closing.map((close) => close()));
  };
  return { hub, partner, client, time, bills, refused, closing, down };
}
