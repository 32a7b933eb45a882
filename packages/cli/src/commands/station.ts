import type { Branch } from '../command.js';
import { defineCommand, flag, integer, text } from '../command.js';
import { EXIT } from '../exit.js';
import { outputOptions, showList } from '../output/show.js';
import { askOf, columns, getOf, hubOptions, itemsOf, listOf, withHub } from './admin.js';

const exported = defineCommand({
  about: { en: 'all locations of ours as OCPI JSON, or as a table', zh: '导出自有站点：OCPI JSON 或表格' },
  args: '',
  options: { csv: flag({ en: 'as CSV', zh: 'CSV 格式' }), ...hubOptions },
  examples: [
    { run: 'evroam location export > locations.json', about: { en: 'as OCPI 2.2.1 objects', zh: 'OCPI 2.2.1 对象' } },
    { run: 'evroam location export --csv > locations.csv', about: { en: 'for a spreadsheet', zh: '用于电子表格' } },
  ],
  run: ({ options, io }) =>
    withHub(io, options, async (admin) => {
      const bytes = await admin.bytes(`/admin/v1/locations.${options.csv ? 'csv' : 'json'}`);
      await io.out(bytes.toString('utf8'));
      return EXIT.done;
    }),
});

const found = defineCommand({
  about: { en: 'find places to charge: by place, plug, power, price, free now', zh: '查找充电设备：位置、接口、功率、价格、空闲' },
  args: '<latitude> <longitude>',
  options: {
    radius: integer('metres', { or: 5000, min: 1, max: 20_000_000 }, { en: 'how far away', zh: '半径（米）' }),
    plug: text('standard', { en: 'such as IEC_62196_T2_COMBO', zh: '接口标准，例如 IEC_62196_T2_COMBO' }),
    power: text('kW', { en: 'at least so many kW', zh: '最小功率（kW）' }),
    price: text('amount', { en: 'a kWh costs at most that now', zh: '当前每度电最高价格' }),
    free: flag({ en: 'only what is free now', zh: '只看空闲' }),
    ...hubOptions,
    ...outputOptions,
  },
  examples: [
    { run: 'evroam evse find 52.09 5.12 --radius 2000 --free', about: { en: 'free within two kilometres', zh: '两公里内空闲' } },
    { run: 'evroam evse find 52.09 5.12 --plug CHADEMO --power 50 -o json', about: { en: 'for a script', zh: '用于脚本' } },
  ],
  run: ({ args, options, io }) =>
    withHub(io, options, async (admin) => {
      const { radius, plug, power, price, free } = options;
      const query = {
        lat: args.latitude,
        lon: args.longitude,
        radius: String(radius),
        plug,
        power,
        price,
        ...(free ? { free: 'true' } : {}),
      };
      const answer = await admin.ask('GET', '/admin/v1/search', { query });
      return showList(
        io,
        options,
        itemsOf(answer),
        columns('owner', 'locationId', 'evseUid', 'status', 'metres', 'pricePerKwh.amount', 'pricePerKwh.currency~'),
      );
    }),
});

const listed = defineCommand({
  about: { en: 'list the EVSEs of our locations with their status', zh: '列出自有 EVSE 及状态' },
  args: '',
  options: { ...hubOptions, ...outputOptions },
  examples: [
    { run: 'evroam evse list', about: { en: 'all of them', zh: '全部' } },
    { run: 'evroam evse list -o ndjson --fields uid,status', about: { en: 'for a script', zh: '用于脚本' } },
  ],
  run: ({ options, io }) =>
    withHub(io, options, async (admin) => {
      async function* evses() {
        for await (const each of admin.list('/admin/v1/locations', { own: 'true' }))
          for (const evse of itemsOf(each.evses)) yield { owner: each.owner, locationId: each.id, ...evse };
      }
      return showList(io, options, evses(), columns('owner', 'locationId', 'uid', 'evseId', 'status', 'statusSource~', 'statusAt~'));
    }),
});

export const evse: Branch = {
  about: { en: 'EVSEs: how they stand, and where a free one is', zh: 'EVSE：状态与查找' },
  commands: { list: listed, find: found },
};

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
    get: getOf({
      about: { en: 'show a station with its connectors', zh: '显示充电站及其连接器' },
      args: '<id>',
      path: ({ id }) => `/admin/v1/stations/${id}`,
      examples: [
        { run: 'evroam station get CS-1', about: { en: 'all of it', zh: '全部内容' } },
        { run: 'evroam station get CS-1 --query station.locationId', about: { en: 'only where it is', zh: '只看所在站点' } },
      ],
    }),
    add: askOf({
      about: { en: 'add a charging station; its password is told once', zh: '添加充电站；密码仅显示一次' },
      args: '',
      method: 'POST',
      path: () => '/admin/v1/stations',
      takesBody: true,
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
    }),
    edit: askOf({
      about: {
        en: 'change how a station is taken: registration, security profile, leniency',
        zh: '修改充电站设置：注册状态、安全级别、宽容规则',
      },
      args: '<id>',
      method: 'PATCH',
      path: ({ id }) => `/admin/v1/stations/${id}`,
      takesBody: true,
      examples: [
        {
          run: 'evroam station edit CS-1 change.json',
          about: { en: 'such as {"registration":"rejected"}', zh: '例如 {"registration":"rejected"}' },
        },
        { run: 'evroam station edit CS-1 < change.json', about: { en: 'from standard input', zh: '来自标准输入' } },
      ],
    }),
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
    put: askOf({
      about: { en: 'create a location of ours, or replace it', zh: '新建或替换自有站点' },
      args: '<owner> <id>',
      method: 'PUT',
      path: ({ owner, id }) => `/admin/v1/locations/${owner}/${id}`,
      takesBody: true,
      examples: [
        {
          run: 'evroam location put NL-EVR HARBOUR harbour.json',
          about: { en: 'with its EVSEs and connectors', zh: '包括 EVSE 和连接器' },
        },
        { run: 'evroam location put NL-EVR HARBOUR < harbour.json', about: { en: 'from standard input', zh: '来自标准输入' } },
      ],
    }),
    import: askOf({
      about: { en: 'import locations: a list of OCPI locations, or {"csv": "..."}', zh: '导入站点：OCPI 列表或 {"csv": "..."}' },
      args: '<owner>',
      method: 'POST',
      path: ({ owner }) => `/admin/v1/locations/${owner}/import`,
      takesBody: true,
      examples: [
        { run: 'evroam location import NL-EVR locations.json', about: { en: 'each for itself', zh: '逐个处理' } },
        {
          run: "evroam location import NL-EVR locations.json -o json --query 'items[].outcome'",
          about: { en: 'what became of each', zh: '各项结果' },
        },
      ],
    }),
    export: exported,
  },
};
