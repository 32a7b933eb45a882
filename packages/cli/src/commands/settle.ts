import type { Branch, Leaf } from '../command.js';
import { defineCommand, text } from '../command.js';
import { EXIT } from '../exit.js';
import { imbalanceOf } from '../imbalance.js';
import { isRecord } from '../output/path.js';
import { outputOptions, showList } from '../output/show.js';
import { actOf, columns, getOf, hubOptions, listOf, withHub } from './admin.js';

const periodAct = (what: 'cut-off' | 'close' | 'reopen', en: string, zh: string): Leaf =>
  actOf({
    about: { en, zh },
    args: '<period>',
    path: ({ period }) => `/admin/v1/settlement/periods/${period}/${what}`,
    examples: [
      { run: `evroam settle ${what} 2026-11 --reason "month end"`, about: { en, zh } },
      {
        run: `evroam settle ${what} 2026-W48 --reason "week end" --dry-run`,
        about: { en: 'only tells what would be done', zh: '只说明将做什么' },
      },
    ],
  });

export const settle: Branch = {
  about: { en: 'settlement periods', zh: '结算账期' },
  commands: {
    status: listOf({
      about: { en: 'show the periods', zh: '显示账期' },
      path: '/admin/v1/settlement/periods',
      whole: true,
      columns: columns('name', 'state', 'version', 'cutOffAt'),
      examples: [
        { run: 'evroam settle status', about: { en: 'open and closed ones', zh: '打开和关闭的' } },
        { run: 'evroam settle status -o json', about: { en: 'for a script', zh: '用于脚本' } },
      ],
    }),
    'cut-off': periodAct('cut-off', 'let what comes from now on go into the next period', '截止：此后的记录进入下一账期'),
    close: periodAct('close', 'close a period and issue its statements', '关闭账期并出具结算单'),
    reopen: periodAct('reopen', 'open a closed period again; needs two people', '重新打开账期；需两人同意'),
  },
};

export const ledger: Branch = {
  about: { en: 'the double-entry ledger', zh: '复式账本' },
  commands: {
    trial: defineCommand({
      about: { en: 'the trial balance; exit 8 when it does not balance', zh: '试算平衡；不平衡时退出码为 8' },
      args: '',
      options: { at: text('time', { en: 'as it was at a moment, ISO 8601', zh: '某一时刻（ISO 8601）' }), ...hubOptions, ...outputOptions },
      examples: [
        { run: 'evroam ledger trial', about: { en: 'as it is', zh: '当前' } },
        { run: 'evroam ledger trial --at 2026-11-01T00:00:00Z -o csv', about: { en: 'as it was', zh: '历史时刻' } },
      ],
      run: ({ options, io }) =>
        withHub(io, options, async (admin) => {
          const answer = await admin.ask('GET', '/admin/v1/settlement/ledger/trial', { query: { at: options.at } });
          if (!isRecord(answer)) return EXIT.fault;
          await showList(
            io,
            options,
            Array.isArray(answer.balances) ? answer.balances.filter(isRecord) : [],
            columns('account', 'debits', 'credits', 'balance', 'currency'),
          );
          const imbalance = imbalanceOf(answer);
          if (!options.quiet) io.talk(`imbalance: ${imbalance}`);
          return imbalance === '0.00' ? EXIT.done : EXIT.checkFailed;
        }),
    }),
    audit: getOf({
      about: { en: 'check blocks, entries and balances', zh: '核查区块、分录和余额' },
      args: '',
      path: () => '/admin/v1/settlement/ledger/audit',
      examples: [
        { run: 'evroam ledger audit', about: { en: 'what was checked, and what was found', zh: '检查内容与结果' } },
        { run: 'evroam ledger audit -o json', about: { en: 'for a monitor', zh: '用于监控' } },
      ],
    }),
  },
};
