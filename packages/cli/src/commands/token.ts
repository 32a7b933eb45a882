import type { Branch } from '../command.js';
import { askOf, columns, listOf } from './admin.js';

export const token: Branch = {
  about: { en: "drivers' cards and app tokens", zh: '司机的卡和应用令牌' },
  commands: {
    list: listOf({
      about: { en: 'list the tokens, own and partners', zh: '列出令牌（自有与伙伴）' },
      path: '/admin/v1/tokens',
      columns: columns('issuer', 'uid', 'type', 'contractId', 'valid', 'whitelist', 'updatedAt~'),
      examples: [
        { run: 'evroam token list', about: { en: 'all of them', zh: '全部' } },
        { run: 'evroam token list -o ndjson --fields issuer,uid,valid', about: { en: 'for a script', zh: '用于脚本' } },
      ],
    }),
    put: askOf({
      about: { en: 'add a token of ours, or change it', zh: '新增或修改自有令牌' },
      args: '<issuer> <uid>',
      method: 'PUT',
      path: ({ issuer, uid }) => `/admin/v1/tokens/${issuer}/${uid}`,
      takesBody: true,
      examples: [
        {
          run: 'evroam token put NL-EVR 04AA11BB22CC01 token.json',
          about: {
            en: '{"type","contractId","issuerName","valid","whitelist"}',
            zh: '{"type","contractId","issuerName","valid","whitelist"}',
          },
        },
        { run: 'evroam token put NL-EVR 04AA11BB22CC01 < token.json', about: { en: 'from standard input', zh: '来自标准输入' } },
      ],
    }),
  },
};
