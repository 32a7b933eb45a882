import type { Branch } from '../command.js';
import { askOf, columns, getOf, listOf } from './admin.js';

const at = ({ station, connector }: Readonly<Record<string, string>>): string => `/admin/v1/stations/${station}/locks/${connector}`;

export const lock: Branch = {
  about: { en: 'ground locks and barriers at our bays', zh: '地锁与道闸' },
  commands: {
    list: listOf({
      about: { en: 'list the locks and how they stand', zh: '列出地锁及状态' },
      path: '/admin/v1/locks',
      whole: true,
      columns: columns(
        'stationId',
        'connectorNumber',
        'driver.kind',
        'state.wanted',
        'state.position',
        'state.bay',
        'state.holder~',
        'state.failed',
      ),
      examples: [
        { run: 'evroam lock list', about: { en: 'all of them', zh: '全部' } },
        { run: "evroam lock list -o json --query '[].state.position'", about: { en: 'for a script', zh: '用于脚本' } },
      ],
    }),
    get: getOf({
      about: { en: 'show how a lock stands', zh: '显示地锁状态' },
      args: '<station> <connector>',
      path: at,
      examples: [
        { run: 'evroam lock get PILE-A 1', about: { en: 'all of it', zh: '全部内容' } },
        { run: 'evroam lock get PILE-A 1 --query state.position', about: { en: 'only up or down', zh: '只看升降' } },
      ],
    }),
    put: askOf({
      about: { en: 'say that there is a lock, and how it is reached', zh: '登记地锁及其驱动' },
      args: '<station> <connector>',
      method: 'PUT',
      path: at,
      takesBody: true,
      examples: [
        {
          run: 'evroam lock put PILE-A 1 lock.json',
          about: { en: '{"driver":"ykc"} or {"driver":"http","url","token"}', zh: '{"driver":"ykc"} 或 {"driver":"http","url","token"}' },
        },
        { run: 'evroam lock put CS-1 2 < lock.json', about: { en: 'from standard input', zh: '来自标准输入' } },
      ],
    }),
    ...Object.fromEntries(
      (
        [
          ['raise', 'close the bay', '升起地锁'],
          ['lower', 'open the bay', '降下地锁'],
        ] as const
      ).map(([word, en, zh]) => [
        word,
        askOf({
          about: { en, zh },
          args: '<station> <connector>',
          method: 'POST',
          path: (words) => `${at(words)}/${word}`,
          examples: [
            { run: `evroam lock ${word} PILE-A 1`, about: { en: 'and show how it stands then', zh: '并显示结果' } },
            { run: `evroam lock ${word} PILE-A 1 --query position`, about: { en: 'only up or down', zh: '只看升降' } },
          ],
        }),
      ]),
    ),
  },
};
