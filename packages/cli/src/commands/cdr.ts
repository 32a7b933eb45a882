import { type Branch, defineCommand, type Leaf } from '../command.js';
import { EXIT } from '../exit.js';
import { isRecord } from '../output/path.js';
import { safe } from '../output/safe.js';
import { outputOptions, showRecord } from '../output/show.js';
import { actOf, columns, getOf, hubOptions, listOf, withHub } from './admin.js';

const cdrKey = '<party> <id>';
const cdrPath =
  (action: string) =>
  ({ party, id }: Readonly<Record<string, string>>) =>
    `/admin/v1/settlement/cdrs/${party}/${id}${action}`;
const cdrAct = (what: string, en: string, zh: string, code?: { en: string; zh: string }): Leaf =>
  actOf({
    about: { en, zh },
    args: cdrKey,
    path: cdrPath(`/${what}`),
    ...(code === undefined ? {} : { code }),
    examples: [
      {
        run: `evroam cdr ${what} DE-ABC ABC-S1-CDR --reason "agreed by phone"${code === undefined ? '' : ' --code energyDiffers'}`,
        about: { en, zh },
      },
      {
        run: `evroam cdr ${what} DE-ABC ABC-S1-CDR --reason "as in ticket 7"${code === undefined ? '' : ' --code other'} --dry-run`,
        about: { en: 'only tells what would be done', zh: '只说明将做什么' },
      },
    ],
  });
const DECLINE = {
  en: 'why, for the seller: noSession, energyDiffers, costDiffers, late or other',
  zh: '给卖方的原因代码：noSession、energyDiffers、costDiffers、late、other 等',
};

/** The hub's own text for people, word for word as the API gives it; with -o, the same as data. */
const explain = defineCommand({
  about: { en: 'say why a CDR costs what it costs, and what became of it', zh: '说明 CDR 的价格由来和处理结果' },
  args: cdrKey,
  options: { ...hubOptions, ...outputOptions },
  examples: [
    {
      run: 'evroam cdr explain DE-ABC ABC-S1-CDR',
      about: { en: 'every cent, and the CDRs that belong to it', zh: '每一分的依据，以及相关话单' },
    },
    { run: 'evroam cdr explain DE-ABC ABC-S1-CDR -o json', about: { en: 'for a program', zh: '供程序使用' } },
  ],
  run: ({ args, options, io }) =>
    withHub(io, options, async (admin) => {
      const path = cdrPath('/explain')({ party: encodeURIComponent(args.party), id: encodeURIComponent(args.id) });
      if ((options.output ?? io.environment.output) === undefined && options.query === undefined && options.fields === undefined) {
        const text = (await admin.bytes(`${path}?format=text&lang=${io.language}`)).toString('utf8');
        await io.out(`${text.trimEnd().split('\n').map(safe).join('\n')}\n`);
        return EXIT.done;
      }
      const value = await admin.ask('GET', path);
      return showRecord(io, options, isRecord(value) ? value : { value });
    }),
});

export const cdr: Branch = {
  about: { en: 'charge detail records and their clearing', zh: '充电明细及其清分' },
  commands: {
    list: listOf({
      about: { en: 'list CDRs with their state of clearing', zh: '列出 CDR 及清分状态' },
      path: '/admin/v1/settlement/cdrs',
      columns: columns('key', 'owner', 'buyer', 'state', 'code', 'energyKwh', 'grossAmount', 'period', 'receivedAt~'),
      filters: {
        state: { en: 'received, quarantined, held, accepted, declined, rejected, expired', zh: '清分状态' },
        owner: { en: 'the seller, such as DE-ABC', zh: '卖方，例如 DE-ABC' },
        buyer: { en: 'the buyer', zh: '买方' },
        period: { en: '2026-11, 2026-W48 or 2026-11-24', zh: '账期：2026-11、2026-W48 或 2026-11-24' },
      },
      examples: [
        { run: 'evroam cdr list --state held', about: { en: 'what waits for a person', zh: '等待人工处理的' } },
        { run: 'evroam cdr list --period 2026-11 -o csv', about: { en: 'a month for a spreadsheet', zh: '导出一个月' } },
      ],
    }),
    declines: listOf({
      about: { en: 'list declined CDRs that their sellers have not taken back', zh: '列出已退回且卖方尚未冲销的 CDR' },
      path: '/admin/v1/settlement/declines',
      columns: columns('key', 'owner', 'buyer', 'code', 'claimed', 'ours', 'difference', 'eventAt~'),
      filters: { owner: { en: 'the seller, such as DE-ABC', zh: '卖方，例如 DE-ABC' } },
      examples: [
        { run: 'evroam cdr declines --owner DE-ABC', about: { en: 'what to tell a seller', zh: '需告知卖方的内容' } },
        { run: 'evroam cdr declines --owner DE-ABC -o csv', about: { en: 'as a file for it', zh: '导出给卖方' } },
      ],
    }),
    get: getOf({
      about: { en: 'show a CDR with its clearing', zh: '显示 CDR 及清分' },
      args: cdrKey,
      path: cdrPath(''),
      examples: [
        { run: 'evroam cdr get DE-ABC ABC-S1-CDR', about: { en: 'all of it', zh: '全部内容' } },
        { run: 'evroam cdr get DE-ABC ABC-S1-CDR --query state', about: { en: 'only its state', zh: '只看状态' } },
      ],
    }),
    explain,
    entries: getOf({
      about: { en: 'show the ledger entries of a CDR', zh: '显示 CDR 的账本分录' },
      args: cdrKey,
      path: cdrPath('/entries'),
      examples: [
        { run: 'evroam cdr entries DE-ABC ABC-S1-CDR', about: { en: 'debits and credits', zh: '借方与贷方' } },
        { run: 'evroam cdr entries DE-ABC ABC-S1-CDR -o yaml', about: { en: 'each leg', zh: '每个分录' } },
      ],
    }),
    approve: cdrAct('approve', 'accept a held CDR', '接受待处理的 CDR'),
    decline: cdrAct('decline', 'send a held CDR back to the seller', '将 CDR 退回卖方', DECLINE),
    reject: cdrAct('reject', 'refuse a CDR for good', '最终拒绝 CDR', DECLINE),
    dispute: cdrAct('dispute', 'open a dispute about an accepted CDR', '对已接受的 CDR 提出争议'),
    resolve: cdrAct('resolve', 'end a dispute', '结束争议'),
  },
};
