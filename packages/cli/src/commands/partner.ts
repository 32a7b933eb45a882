import type { Branch, Leaf } from '../command.js';
import { defineCommand } from '../command.js';
import { readJson } from '../lines.js';
import { isRecord } from '../output/path.js';
import { outputOptions, showRecord } from '../output/show.js';
import { columns, getOf, hubOptions, listOf, withHub } from './admin.js';
import { partnerTcec } from './partner-tcec.js';

const inviteInput = defineCommand({
  about: { en: 'invite a partner; the token is told once', zh: '邀请伙伴；令牌仅显示一次' },
  args: '<name> <party> <role>',
  options: { ...hubOptions, ...outputOptions },
  examples: [
    {
      run: 'evroam partner invite "ABC Laden" DE-ABC cpo',
      about: { en: 'gives versions URL and token A', zh: '输出 versions 地址和令牌 A' },
    },
    { run: 'evroam partner invite EVM NL-EVM emsp -o json', about: { en: 'as JSON', zh: 'JSON 格式' } },
  ],
  run: ({ args, options, io }) =>
    withHub(io, options, async (admin) => {
      const answer = await admin.ask('POST', '/admin/v1/partners', {
        body: { name: args.name, parties: [{ party: args.party, role: args.role }] },
      });
      return showRecord(io, options, isRecord(answer) ? answer : { answer });
    }),
});

const partnerAct = (what: 'suspend' | 'resume' | 'revoke' | 'sync', en: string, zh: string): Leaf =>
  defineCommand({
    about: { en, zh },
    args: '<id>',
    options: { ...hubOptions, ...outputOptions },
    examples: [
      { run: `evroam partner ${what} 01a20fb8-690b`, about: { en, zh } },
      { run: `evroam partner ${what} 01a20fb8-690b -o json`, about: { en: 'the answer as JSON', zh: '以 JSON 输出结果' } },
    ],
    run: ({ args, options, io }) =>
      withHub(io, options, async (admin) => {
        const answer = await admin.ask('POST', `/admin/v1/partners/${encodeURIComponent(args.id)}/${what}`);
        return showRecord(io, options, isRecord(answer) ? answer : { answer });
      }),
  });

export const partner: Branch = {
  about: { en: 'partners and their connections', zh: '合作伙伴及其连接' },
  commands: {
    list: listOf({
      about: { en: 'list the partners', zh: '列出合作伙伴' },
      path: '/admin/v1/partners',
      columns: columns('id', 'name', 'status', 'version', 'parties', 'updatedAt', 'versionsUrl~'),
      examples: [
        { run: 'evroam partner list', about: { en: 'all of them', zh: '全部' } },
        { run: 'evroam partner list -o json --query [].status', about: { en: 'only the statuses', zh: '只看状态' } },
      ],
    }),
    get: getOf({
      about: { en: 'show a partner with its modules', zh: '显示伙伴及其模块' },
      args: '<id>',
      path: ({ id }) => `/admin/v1/partners/${id}`,
      examples: [
        { run: 'evroam partner get 01a20fb8-690b', about: { en: 'all of it', zh: '全部内容' } },
        { run: 'evroam partner get 01a20fb8-690b --query modules', about: { en: 'only the modules', zh: '只看模块' } },
      ],
    }),
    invite: inviteInput,
    suspend: partnerAct('suspend', 'let a partner in no more for now', '暂停伙伴'),
    resume: partnerAct('resume', 'let a suspended partner in again', '恢复伙伴'),
    revoke: partnerAct('revoke', 'end the connection for good', '永久终止连接'),
    sync: partnerAct('sync', 'read what the partner has', '读取伙伴的数据'),
    tcec: partnerTcec,
  },
};

const agreementNew = defineCommand({
  about: { en: 'activate an agreement; an earlier one keeps its version', zh: '启用协议；旧版本保留' },
  args: '[file]',
  options: { ...hubOptions, ...outputOptions },
  examples: [
    { run: 'evroam agreement new agreement.json', about: { en: 'from a file', zh: '从文件' } },
    { run: 'evroam agreement new -o json < agreement.json', about: { en: 'tells version and signing keys', zh: '输出版本和签名公钥' } },
  ],
  run: ({ args, options, io }) =>
    withHub(io, options, async (admin) => {
      const answer = await admin.ask('POST', '/admin/v1/agreements', { body: await readJson(io, args.file) });
      return showRecord(io, options, isRecord(answer) ? answer : { answer });
    }),
});

export const agreement: Branch = {
  about: { en: 'agreements between parties', zh: '各方之间的协议' },
  commands: {
    list: listOf({
      about: { en: 'list the agreements', zh: '列出协议' },
      path: '/admin/v1/agreements',
      columns: columns('id', 'version', 'seller', 'buyer', 'sellerModel', 'currency', 'rounding', 'cycle', 'effectiveFrom', 'signingKeys~'),
      examples: [
        { run: 'evroam agreement list', about: { en: 'all of them', zh: '全部' } },
        { run: 'evroam agreement list -o yaml', about: { en: 'with every term', zh: '含全部条款' } },
      ],
    }),
    new: agreementNew,
  },
};
