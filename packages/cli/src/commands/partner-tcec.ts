import { type Branch, defineCommand, needed, text } from '../command.js';
import { isRecord } from '../output/path.js';
import { outputOptions, showRecord } from '../output/show.js';
import { readKeys } from '../tcec-keys.js';
import { hubOptions, withHub } from './admin.js';

const invite = defineCommand({
  about: {
    en: 'make a T/CEC 102 partner; the keys with which it calls us are told once',
    zh: '新建中电联（T/CEC 102）伙伴；对方调用本平台的密钥仅显示一次',
  },
  args: '<name> <party> <role> <theirId> <ourId>',
  options: { dialect: text('name', { en: 'how it spells the standard', zh: '方言' }), ...hubOptions, ...outputOptions },
  examples: [
    { run: 'evroam partner tcec invite 特来电 CN-TLD cpo 395815801 340000001', about: { en: 'gives URL and keys', zh: '输出地址和密钥' } },
    {
      run: 'evroam partner tcec invite 小桔 CN-XJU emsp 101437000 340000001 --dialect xiaoju -o json',
      about: { en: 'in its own spelling', zh: '使用对方的拼写' },
    },
  ],
  run: ({ args: { name, party, role, theirId, ourId }, options, io }) =>
    withHub(io, options, async (admin) => {
      const { dialect } = options;
      const answer = await admin.ask('POST', '/admin/v1/partners/tcec', {
        body: { name, parties: [{ party, role }], theirId, ourId, ...(dialect === undefined ? {} : { dialect }) },
      });
      return showRecord(io, options, isRecord(answer) ? answer : { answer });
    }),
});

const join = defineCommand({
  about: { en: 'take the keys that a T/CEC 102 partner gave us, try them, and connect', zh: '录入对方提供的密钥，验证后接通' },
  args: '<id> <url>',
  options: {
    keys: needed('file', {
      en: 'JSON with operatorId (ours), operatorSecret, sigSecret, dataSecret, dataSecretIV',
      zh: '含 operatorId（本方）、operatorSecret、sigSecret、dataSecret、dataSecretIV 的 JSON',
    }),
    ...hubOptions,
    ...outputOptions,
  },
  examples: [
    {
      run: 'evroam partner tcec join 01a20fb8-690b https://partner.example/evcs/v20161110 --keys given.json',
      about: { en: 'asks it for a token', zh: '向对方请求 Token' },
    },
    {
      run: 'evroam partner tcec join 01a20fb8-690b https://partner.example/evcs/v20161110 --keys new.json',
      about: { en: 'again, with new keys', zh: '更换密钥' },
    },
  ],
  run: ({ args, options, io }) =>
    withHub(io, options, async (admin) => {
      const { operatorId: _, ...secrets } = await readKeys(options.keys);
      const answer = await admin.ask('PUT', `/admin/v1/partners/${encodeURIComponent(args.id)}/tcec`, {
        body: { url: args.url, ...secrets },
      });
      return showRecord(io, options, isRecord(answer) ? answer : { answer });
    }),
});

const rotate = defineCommand({
  about: { en: 'new keys for a T/CEC 102 partner; the ones before end at once', zh: '为对方更换密钥；旧密钥立即失效' },
  args: '<id>',
  options: { ...hubOptions, ...outputOptions },
  examples: [
    { run: 'evroam partner tcec rotate 01a20fb8-690b', about: { en: 'they are told once', zh: '仅显示一次' } },
    { run: 'evroam partner tcec rotate 01a20fb8-690b -o json', about: { en: 'as JSON', zh: 'JSON 格式' } },
  ],
  run: ({ args, options, io }) =>
    withHub(io, options, async (admin) => {
      const answer = await admin.ask('POST', `/admin/v1/partners/${encodeURIComponent(args.id)}/tcec/keys`);
      return showRecord(io, options, isRecord(answer) ? answer : { answer });
    }),
});

export const partnerTcec: Branch = {
  about: { en: 'partners that speak T/CEC 102', zh: '中电联（T/CEC 102）伙伴' },
  commands: { invite, join, rotate },
};
