import type { Branch } from '../command.js';
import { defineCommand } from '../command.js';
import { readJson } from '../lines.js';
import { isRecord } from '../output/path.js';
import { outputOptions, showRecord } from '../output/show.js';
import { columns, getOf, hubOptions, listOf, withHub } from './admin.js';

const stationAdd = defineCommand({
  about: { en: 'add a charging station; its password is told once', zh: '添加充电站；密码仅显示一次' },
  args: '[file]',
  options: { ...hubOptions, ...outputOptions },
  examples: [
    {
      run: 'evroam station add station.json',
      about: { en: '{"id","owner","locationId","connectors"}', zh: '{"id","owner","locationId","connectors"}' },
    },
    {
      run: 'evroam station add --query password < station.json > cs-1.key',
      about: { en: 'the password into a file', zh: '将密码写入文件' },
    },
  ],
  run: ({ args, options, io }) =>
    withHub(io, options, async (admin) => {
      const answer = await admin.ask('POST', '/admin/v1/stations', { body: await readJson(io, args.file) });
      return showRecord(io, options, isRecord(answer) ? answer : { answer });
    }),
});

export const station: Branch = {
  about: { en: 'charging stations of our own', zh: '自有充电站' },
  commands: {
    list: listOf({
      about: { en: 'list the stations', zh: '列出充电站' },
      path: '/admin/v1/stations',
      columns: columns('id', 'locationId', 'lastHeardAt', 'connectors~'),
      examples: [
        { run: 'evroam station list', about: { en: 'all of them', zh: '全部' } },
        { run: 'evroam station list -o ndjson --fields id,locationId', about: { en: 'for a script', zh: '用于脚本' } },
      ],
    }),
    add: stationAdd,
  },
};

export const location: Branch = {
  about: { en: 'locations, own and partners', zh: '站点（自有与伙伴）' },
  commands: {
    list: listOf({
      about: { en: 'list the locations', zh: '列出站点' },
      path: '/admin/v1/locations',
      columns: columns('owner', 'id', 'name', 'city', 'country', 'timeZone~', 'updatedAt~'),
      filters: { own: { en: 'true: only ours, false: only partners', zh: 'true 仅自有，false 仅伙伴' } },
      examples: [
        { run: 'evroam location list --own true', about: { en: 'our own', zh: '自有站点' } },
        { run: 'evroam location list --sort city -o csv', about: { en: 'as a table for a spreadsheet', zh: '导出表格' } },
      ],
    }),
    get: getOf({
      about: { en: 'show a location with its EVSEs', zh: '显示站点及其 EVSE' },
      args: '<owner> <id>',
      path: ({ owner, id }) => `/admin/v1/locations/${owner}/${id}`,
      examples: [
        { run: 'evroam location get NL-EVR HARBOUR', about: { en: 'all of it', zh: '全部内容' } },
        { run: "evroam location get NL-EVR HARBOUR --query 'evses[].status'", about: { en: 'only the statuses', zh: '只看状态' } },
      ],
    }),
  },
};
