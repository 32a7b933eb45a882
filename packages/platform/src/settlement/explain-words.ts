import type { PricedLine } from '@evroam/ocpi/pricing';
import type { FeeType } from '../model/amount.js';
import type { CdrLife, DeclineReason, Doubt, Unfit } from './cdr-clearing.js';
import type { AccountKind, Posting, Side } from './ledger.js';

export type Language = 'en' | 'zh';
export type Text = Readonly<Record<Language, string>>;

const say = (en: string, zh: string): Text => ({ en, zh });

/** What each finding means. */
const FINDINGS: Readonly<Record<DeclineReason | Doubt | Unfit, Text>> = {
  notOfParty: say('the charging point is not one of the party', '充电点不属于该运营方'),
  noAgreement: say('no agreement was in force on that day', '当日没有有效协议'),
  wrongCurrency: say('the currency is not the agreed one', '币种与协议不符'),
  endBeforeStart: say('it ends before it starts', '结束时间早于开始时间'),
  inFuture: say('it ends in the future', '结束时间在未来'),
  energyNegative: say('the energy is negative', '电量为负'),
  energyImplausible: say('no connector can give so much energy in that time', '该时长内不可能充入如此多的电量'),
  tooOld: say('it is older than agreed', '超过约定的最长期限'),
  noSession: say('no session of ours fits it', '没有与之匹配的充电会话'),
  secondOfSession: say('its session has an accepted CDR already', '该会话已有一份被接受的话单'),
  energyDiffers: say('the energy differs from the session', '电量与会话记录不符'),
  timeDiffers: say('the duration differs from the session', '时长与会话记录不符'),
  clockDiffers: say('the times differ from the session', '起止时间与会话记录不符'),
  unknownTariff: say('the tariff was never told to us', '资费未曾告知我方'),
  tariffDiffers: say('the tariff in the CDR is not the one that was sold', '话单中的资费与已发布的资费不同'),
  costDiffers: say('the price differs from our own rating', '金额与我方计价不符'),
  notPriceable: say('it cannot be priced', '无法计价'),
  noRate: say('there is no exchange rate', '没有汇率'),
  late: say('it came after the late window', '晚于补单期限到达'),
  creditBeforeOriginal: say('the CDR that it credits has not come yet', '被冲销的原话单尚未到达'),
  creditOfCredit: say('a credit cannot be credited', '冲销话单不能再被冲销'),
  creditOfOther: say('it does not mirror the CDR that it credits', '与被冲销的话单不一致'),
  creditedAlready: say('the CDR was credited before', '该话单已被冲销'),
  withdrawn: say('its owner took it back', '发送方已撤回'),
  other: say('another reason', '其他原因'),
};

const STATES: Readonly<Record<CdrLife['clearing']['state'], Text>> = {
  received: say('received', '已接收'),
  duplicate: say('a repeat', '重复'),
  conflict: say('a contradiction to a CDR of the same id', '与同号话单冲突'),
  quarantined: say('quarantined', '已隔离'),
  checked: say('checked', '已校验'),
  matched: say('matched', '已匹配'),
  held: say('held: a person has to look', '挂起，等待人工处理'),
  accepted: say('accepted', '已接受'),
  declined: say('declined', '已拒付'),
  rejected: say('rejected', '已驳回'),
  expired: say('expired: it came too late', '已过期'),
};

const FEES: Readonly<Record<FeeType, Text>> = {
  electricity: say('electricity', '电费'),
  service: say('service fee', '服务费'),
  start: say('start fee', '启动费'),
  idle: say('idle fee', '占位费'),
  reservation: say('reservation', '预约费'),
};

const DIMENSIONS: Readonly<Record<PricedLine['dimension'], Text>> = {
  FLAT: say('flat fee', '固定费'),
  ENERGY: say('energy', '电量'),
  TIME: say('charging time', '充电时长'),
  PARKING_TIME: say('parking time', '停放时长'),
  RESERVATION_FLAT: say('reservation fee', '预约固定费'),
  RESERVATION_TIME: say('reserved time', '预约时长'),
  MIN_PRICE: say('raised to the minimum price', '补足最低价'),
  MAX_PRICE: say('cut to the maximum price', '降至最高价'),
};

const ACCOUNTS: Partial<Readonly<Record<AccountKind, Text>>> = {
  receivable: say('receivable', '应收'),
  payable: say('payable', '应付'),
  driverReceivable: say("driver's debt", '司机应收'),
  disputedReceivable: say('disputed receivable', '争议应收'),
  disputedPayable: say('disputed payable', '争议应付'),
  cost: say('cost', '成本'),
  inputTax: say('input tax', '进项税'),
  taxDue: say('tax due', '销项税'),
  hubFee: say('hub fee', '平台费'),
  revenue: say('revenue', '收入'),
  rounding: say('rounding', '舍入差'),
};

const SIDES: Readonly<Record<Side, Text>> = { debit: say('debit', '借'), credit: say('credit', '贷') };

interface Versioned {
  id: string;
  version: number;
}

const both = (make: (language: Language) => string): Text => say(make('en'), make('zh'));

export const words = {
  state: ({ clearing, credit, dispute, billing }: CdrLife): Text =>
    both((l) =>
      [
        STATES[clearing.state][l],
        credit === 'full' ? say('credited in full', '已全额冲销')[l] : '',
        dispute === 'open' ? say('disputed', '争议中')[l] : '',
        billing === 'open' ? '' : say(`billing: ${billing}`, `账单：${billing}`)[l],
      ]
        .filter((part) => part !== '')
        .join(say(', ', '，')[l]),
    ),
  finding: ({ code, ours, theirs }: { code: keyof typeof FINDINGS; ours?: string; theirs?: string }): Text =>
    both((l) => {
      const sides = [
        theirs === undefined ? '' : say(`theirs ${theirs}`, `对方 ${theirs}`)[l],
        ours === undefined ? '' : say(`ours ${ours}`, `我方 ${ours}`)[l],
      ];
      const told = sides.filter((side) => side !== '').join(say('; ', '；')[l]);
      return `${FINDINGS[code][l]}${told === '' ? '' : say(` (${told})`, `（${told}）`)[l]}`;
    }),
  terms: (agreement: Versioned, tariffs: readonly Versioned[], start: string): Text =>
    both((l) => {
      const named = ({ id, version }: Versioned) => say(`${id} version ${version}`, `${id} 第 ${version} 版`)[l];
      const list = tariffs.map(named).join(', ');
      return say(
        `by agreement ${named(agreement)}${list === '' ? '' : ` and tariff ${list}`}, in force at its start ${start}`,
        `按开始时刻 ${start} 有效的协议 ${named(agreement)}${list === '' ? '' : `、资费 ${list}`}`,
      )[l];
    }),
  notPriceable: (detail: string): Text => say(`our rating is not possible: ${detail}`, `我方无法计价：${detail}`),
  element: (line: PricedLine, volume: string, price: string, when: string): Text =>
    line.element < 0
      ? DIMENSIONS[line.dimension]
      : both((l) => {
          const where = say(`tariff ${line.tariffId}, element ${line.element + 1}`, `资费 ${line.tariffId} 第 ${line.element + 1} 项`)[l];
          const per = line.dimension === 'ENERGY' ? '/kWh' : line.dimension.endsWith('TIME') ? '/h' : '';
          return `${DIMENSIONS[line.dimension][l]} ${volume} x ${price}${per} [${where}${when === '' ? '' : `; ${when}`}]`;
        }),
  fee: (type: FeeType): Text => both((l) => say(`of it ${FEES[type].en}`, `其中${FEES[type].zh}`)[l]),
  step: (line: PricedLine, added: string, billed: string): Text =>
    say(
      `step size ${line.step?.size ?? 0} adds ${added}: ${billed} are billed`,
      `计费步长 ${line.step?.size ?? 0} 增加 ${added}：按 ${billed} 计费`,
    ),
  tax: (name: string, rate: string): Text => say(`tax ${name} ${rate}`.trim(), `税 ${name} ${rate}`.trim()),
  taxTotal: (): Text => say('of it tax', '其中税额'),
  exact: (): Text => say('exact price', '精确金额'),
  rounded: (rule: 'perTotal' | 'perLine'): Text =>
    rule === 'perTotal' ? say('rounded once, in total', '按总额一次舍入') : say('rounded line by line', '逐行舍入'),
  claimed: (afterTaxes: boolean): Text =>
    say(`the CDR says, ${afterTaxes ? 'after' : 'before'} tax`, `话单所列金额（${afterTaxes ? '含税' : '不含税'}）`),
  difference: (): Text => say('theirs less ours', '对方减我方'),
  related: ({ key, cdr: { credit }, life }: { key: string; cdr: { credit?: { of: string } }; life: CdrLife }): Text =>
    both((l) => `${key}${credit ? say(` (credit of ${credit.of})`, `（冲销 ${credit.of}）`)[l] : ''}: ${words.state(life)[l]}`),
  net: (ids: number): Text => say(`net amount of these ${ids}`, `以上 ${ids} 份话单净额`),
  leg: (posting: Posting, side: Side, account: string, kind: AccountKind): Text =>
    both((l) => {
      const owner = account.includes(':') ? ` ${account.slice(account.indexOf(':') + 1)}` : '';
      return `${posting} ${SIDES[side][l]} ${ACCOUNTS[kind]?.[l] ?? kind}${owner}`;
    }),
};

/** What a person can do with a CDR in this state. */
export function nextSteps({ clearing, dispute, credit }: CdrLife): Text[] {
  switch (clearing.state) {
    case 'quarantined':
      return [say('mend what is missing and retry, or reject it', '补全缺失信息后重试，或驳回')];
    case 'held':
      return [
        say(
          'approve it at our price, decline it with a reason, or wait for what is missing',
          '按我方价格批准、说明理由拒付，或等待缺失信息',
        ),
      ];
    case 'declined':
      return [say('the seller may credit it and send a new one, or forgo it', '卖方可冲销后重发，或放弃')];
    case 'expired':
      return [say('two persons may approve it together', '需两人共同批准方可接受')];
    case 'accepted':
      if (credit === 'full') return [];
      return dispute === 'open'
        ? [say('resolve the dispute, or let the seller credit it', '解决争议，或由卖方冲销')]
        : [say('dispute it within the window', '可在争议期内提出争议')];
    default:
      return [];
  }
}
