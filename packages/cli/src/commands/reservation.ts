import type { Branch } from '../command.js';
import { askOf, columns, getOf, listOf } from './admin.js';

export const reservation: Branch = {
  about: { en: 'reservations at our stations', zh: '自有充电站的预约' },
  commands: {
    list: listOf({
      about: { en: 'list reservations', zh: '列出预约' },
      path: '/admin/v1/reservations',
      columns: columns('id', 'state', 'stationId', 'connectorNumber', 'token.uid', 'until', 'requestedAt~'),
      examples: [
        { run: 'evroam reservation list', about: { en: 'all of them', zh: '全部' } },
        { run: 'evroam reservation list -o ndjson --fields id,state,until', about: { en: 'for a script', zh: '用于脚本' } },
      ],
    }),
    get: getOf({
      about: { en: 'show a reservation', zh: '显示预约' },
      args: '<id>',
      path: ({ id }) => `/admin/v1/reservations/${id}`,
      examples: [
        { run: 'evroam reservation get 01a20fb8-690b', about: { en: 'all of it', zh: '全部内容' } },
        { run: 'evroam reservation get 01a20fb8-690b --query state', about: { en: 'only how it stands', zh: '只看状态' } },
      ],
    }),
    create: askOf({
      about: { en: 'keep an EVSE free for a driver', zh: '为司机预约 EVSE' },
      args: '',
      method: 'POST',
      path: () => '/admin/v1/reservations',
      takesBody: true,
      examples: [
        {
          run: 'evroam reservation create wish.json',
          about: { en: '{"issuer","uid","locationId","evseUid","until"}', zh: '{"issuer","uid","locationId","evseUid","until"}' },
        },
        { run: 'evroam reservation create --query id < wish.json', about: { en: 'only its id', zh: '只输出编号' } },
      ],
    }),
    cancel: askOf({
      about: { en: 'cancel a reservation', zh: '取消预约' },
      args: '<id>',
      method: 'DELETE',
      path: ({ id }) => `/admin/v1/reservations/${id}`,
      wantsYes: true,
      examples: [
        { run: 'evroam reservation cancel 01a20fb8-690b --yes', about: { en: 'the station is told', zh: '同时通知充电站' } },
        { run: 'evroam reservation cancel 01a20fb8-690b --yes --context production', about: { en: 'at another hub', zh: '在另一个平台' } },
      ],
    }),
  },
};
